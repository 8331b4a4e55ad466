"""What is known of customers, used in a campaign: titles in letters, learned lines in rules, the reasons in `explain`."""

import csv
import json
from datetime import date, timedelta

import pytest

from reactivate.cli.main import main

TODAY = date(2026, 6, 30)
BUSINESS = """brand: "Tea and Cups"
footer: "Tea and Cups Ltd, 1 Mill Street"
web: https://r.tea.example
currency: USD
timezone: America/New_York
policy: us
sources:
  shop:
    use: csv
    path: orders.csv
    rows: orders
    dates: YYYY-MM-DD
    map: {id: who, order_id: no, ordered_on: day, amount: sum, items: titles, category: kind, name: name, email: mail}
columns:
  stage: {use: stage, lapse: learned, returns_below: 20%, within: 60d}
  worth: {use: value, within: 60d}
  likes: {use: topics}
channels:
  email: {use: outbox, folder: out}
"""
CAMPAIGN = """campaign: come_back
business: business.yml
audience: AUDIENCE
goal: {event: ordered, within: 30d}
holdout: 0%
journey:
  - {send: hello, by: email}
"""
LETTER = """---
subject: "{{ recommended(1) | default('Something new') }}"
---
Hello {{ first_name }}, {% if recommended %}what goes with your tea: {{ recommended(2) }}.{% endif %}
{% if novelties %}New since {{ last_order_on }}: {{ novelties(2) }}.{% endif %} You like {{ likes | join(', ') }}.
"""


def rows():
    """Sixty regulars who buy tea with a cup every 20 days, forty of whom stopped; Anna bought tea only, long ago."""
    for who in range(60):
        last = 3 if who < 20 else 200
        for at in range(12):
            yield f"c{who:02}", last + 20 * at, "tea; cup", "drinks"
    yield "anna", 150, "tea", "drinks"
    yield "anna", 190, "tea; spoon", "drinks"
    yield "anna", 140, "spoon", "drinks"
    for who in range(30):
        yield f"n{who:02}", 30 - who // 2, "honey", "sweets"


@pytest.fixture
def shop(tmp_path):
    with (tmp_path / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "day", "no", "titles", "kind", "sum", "name", "mail"])
        for number, (who, ago, titles, kind) in enumerate(rows()):
            day = TODAY - timedelta(days=ago)
            name = "Anna Apple" if who == "anna" else f"{who.capitalize()} Smith"
            writer.writerow([who, day, number, titles, kind, 10, name, f"{who}@post.example"])
    (tmp_path / "business.yml").write_text(BUSINESS, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hello.md").write_text(LETTER, encoding="utf-8")
    return tmp_path


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    assert left.value.code == 0, told.err
    return told.out


def planned(shop, capsys, audience):
    (shop / "campaign.yml").write_text(CAMPAIGN.replace("AUDIENCE", audience), encoding="utf-8")
    return json.loads(run(capsys, "plan", shop / "campaign.yml", "--as-of", TODAY, "--format", "json"))


def test_letters_name_what_goes_with_ones_own_and_what_is_new(shop, capsys):
    plan = planned(shop, capsys, "last_items has spoon")
    (letter,) = plan["samples"]
    assert letter["subject"] == "cup"
    assert "what goes with your tea: cup" in letter["text"]
    assert "honey" in letter["text"]
    assert "You like drinks" in letter["text"]


def test_rules_read_learned_lines_classes_and_titles(shop, capsys):
    gone = planned(shop, capsys, "\n  - since_last_order > lapse_line\n  - stage_class = lost")
    assert gone["audience"]["people"] == 51  # forty-one who stopped, and ten who took honey once, too long ago
    learned = planned(shop, capsys, "lapse_by in (learned, grace) and since_last_order > lapse_line")
    assert learned["audience"]["people"] == 51
    assert planned(shop, capsys, "recommended has cup")["audience"]["people"] == 1
    assert planned(shop, capsys, "not novelties is missing")["audience"]["people"] == 41
    worth = planned(shop, capsys, "stage in (lapsed, lost) and worth = high")
    assert worth["base_rate"]["without_history"] == []


def test_active_and_lost_in_one_row_are_remarked_on_unless_asked_for(shop, capsys):
    silent = planned(shop, capsys, "\n  - orders >= 2\n  - since_last_order >= 0d")
    (remark,) = [said for said in silent["remarks"] if "mixes" in said]
    assert remark.startswith("the audience mixes 20 active customers with 41 lapsed or lost ones")
    asked = planned(shop, capsys, "\n  - orders >= 2\n  - stage in (active, lapsed, lost)")
    assert not [said for said in asked["remarks"] if "mixes" in said]


def test_explain_says_why(shop, capsys):
    planned(shop, capsys, "since_last_order >= 0d")
    told = json.loads(run(capsys, "explain", shop / "campaign.yml", "shop:anna", "--as-of", TODAY, "--format", "json"))
    why = told["why"]
    assert why["rfm"].startswith(told["profile"]["rfm"])
    assert why["stage"].startswith(f"{told['profile']['stage']}: last order 140 days ago (3 orders), usual gap")
    assert why["worth"].startswith(told["profile"]["worth"])
    assert why["likes"] == "topics: drinks (3 times, last on 2026-02-10); recent orders count more"
    assert why["recommended"].startswith("cup: 99.7% of the orders with tea hold it too (lift 1.")
    text = run(capsys, "explain", shop / "campaign.yml", "shop:anna", "--as-of", TODAY, "--no-sync")
    assert "Why these words" in text


def test_explain_of_a_business_alone_says_why_too(shop, capsys):
    text = run(capsys, "explain", shop / "business.yml", "shop:c00", "--as-of", TODAY)
    assert "active: last order 3 days ago (12 orders), usual gap 20 days" in text
