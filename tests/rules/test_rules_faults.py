"""Every fault of a rule: its code, its sentence, its place, its way out."""

import pytest
from rules.rules_kit import OWN

from reactivate.diagnostics import Span
from reactivate.rules.check import read
from reactivate.rules.parse import parse

# rule, code, the characters pointed at, message, hint
FAULTS = [
    # names
    ("orderz >= 1", "R401", "orderz", "there is no name 'orderz' here", "did you mean orders?"),
    ("Orders >= 1", "R401", "Orders", "there is no name 'Orders' here", "did you mean orders?"),
    (
        "оrders >= 1",
        "R401",
        "оrders",
        "there is no name 'оrders' here",
        "the letter 'о' in it is Cyrillic; in Latin letters it is orders",
    ),
    ("thanks.clickd", "R401", "thanks.clickd", "there is no name 'thanks.clickd' here", "did you mean thanks.clicked?"),
    (
        "thanks.zzz",
        "R401",
        "thanks.zzz",
        "there is no name 'thanks.zzz' here",
        "thanks has: answer, clicked, opened, sent",
    ),
    ("true", "R401", "true", "there is no name 'true' here", "yes/no names stand alone: can_sms, not can_sms"),
    (
        "rfm = lost or hibernating",
        "R401",
        "hibernating",
        "'hibernating' is a word, and nothing says what it is compared with",
        "write rfm in (lost, hibernating)",
    ),
    (
        "city != Омск and Томск",
        "R401",
        "Томск",
        "'Томск' is a word, and nothing says what it is compared with",
        "write city not in (Омск, Томск)",
    ),
    ("segment = rest", "R402", "segment", "'segment' cannot be used here: it is known only after `segments`", None),
    ("not late.sent", "R402", "late.sent", "'late.sent' cannot be used here: only below the step", None),
    ("rfm = champion", "R403", "champion", "rfm is never 'champion'", "did you mean champions?"),
    (
        "topics has проза",
        "R403",
        "проза",
        "topics is never 'проза'",
        "the words are history, поэзия",
    ),
    ("city(90d) = x", "R404", "city(90d)", "city has no window: it is not counted over days", "leave (90d) out"),
    (
        "expected_orders > 1",
        "R404",
        "expected_orders",
        "expected_orders needs to know over how many days",
        "write expected_orders(90d)",
    ),
    (
        "orders(365) > 1",
        "R404",
        "orders(365)",
        "in brackets after a name stands how many days to look back, not '365'",
        "write orders(365d)",
    ),
    ("orders(0d) > 1", "R404", "0d", "a window of no length holds nothing", "write 30d or 365d"),
    # reading
    ("", "R410", "", "there is no rule here", "write one: since_last_order > 180d"),
    ("orders >= 1 and", "R410", "and", "the rule breaks off after 'and'", "say what comes after it"),
    ("orders >= 1 can_sms", "R410", "can_sms", "unexpected 'can_sms' after '1'", "between two claims stands `and` or `or`"),
    ("not not can_sms", "R410", "not", "`not not` says nothing", "leave both out"),
    (
        "orders > \u200b1",
        "R410",
        "\u200b",
        "the invisible character zero width space has no meaning in a rule",
        "a rule is made of names, numbers with units, words and the signs = != < <= > >= + - * / ( ) ,",
    ),
    ("rfm == lost", "R411", "==", "'==' is not a sign of the rule language", "write ="),
    ("rfm <> lost", "R411", "<>", "'<>' is not a sign of the rule language", "write !="),
    ("orders ≥ 3", "R411", "≥", "'≥' is not a sign of the rule language", "write >="),
    ("can_sms && ordered", "R411", "&&", "'&&' is not a sign of the rule language", "write and"),
    ("can_sms AND ordered", "R411", "AND", "AND is written in small letters", "write and"),
    ("can_sms и ordered", "R411", "и", "'и' is not a word of the rule language", "write and"),
    ("can_sms або ordered", "R411", "або", "'або' is not a word of the rule language", "write or"),
    ("не can_sms", "R411", "не", "'не' is not a word of the rule language", "write not"),
    ("can_sms аnd ordered", "R411", "аnd", "'аnd' is written with Cyrillic letters", "write and in Latin letters"),
    ("topics is null", "R411", "is null", "'is null' is not said", "write is missing"),
    ("tags contains x", "R411", "contains", "'contains' is not a word of the rule language", "write has"),
    (
        "orders between 1 and 3",
        "R411",
        "between",
        "there is no `between`",
        "write both ends: x >= 30d and x <= 90d",
    ),
    ("'orders >= 1'", "R412", "'orders >= 1'", "the rule stands in quotes", "leave the quotes out"),
    (
        "'x' = city",
        "R412",
        "'x'",
        "a rule does not begin with a quoted word",
        "the name comes first: city = 'x'",
    ),
    ("city = 'Омск", "R412", "'Омск", "this quote is never closed", "add ' after the word"),
    ("city = «Омск»", "R412", "«", "« is a printed quotation mark", "use straight quotes: 'Нижний Новгород'"),
    ("city = not", "R412", "not", "'not' is a word of the rule language", "if it is meant as a word: 'not'"),
    (
        "orders > 1 000",
        "R413",
        "1 000",
        "1 000 is no number",
        "a number has no spaces and no commas: 1000",
    ),
    ("rhythm > 1,5", "R413", "1,5", "1,5 is no number", "a number has no spaces and no commas: 1.5"),
    ("rhythm > 14 days", "R413", "14 days", "14 days has no unit we know", "write 14d"),
    ("rhythm > 2 недель", "R413", "2 недель", "2 недель has no unit we know", "durations are written in d, h or min: 14d"),
    (
        "revenue > 500 руб",
        "R413",
        "500 руб",
        "500 руб has no unit we know",
        "money is written with the code of its currency: 500 RUB",
    ),
    ("chance_alive > 30 %", "R413", "%", "% stands alone", "write a share without a space: 30%"),
    ("rhythm > 1.5d", "R413", "1.5d", "1.5d is no duration", "write whole days, hours or minutes, at most six digits: 36h"),
    (
        "last_order_on > 2026-02-30",
        "R413",
        "2026-02-30",
        "there is no day 2026-02-30",
        "a date is written year-month-day: 2026-12-01",
    ),
    ("orders > 9223372036854775808", "R413", "9223372036854775808", "this number is too large", None),
    ("(orders > 1", "R415", "(", "this bracket is never closed", "add ) where it ends"),
    ("orders > 1)", "R415", ")", "this bracket was never opened", "leave it out"),
    (
        "30d < overdue < 90d",
        "R416",
        "<",
        "comparisons do not chain",
        "say it twice: … < overdue and overdue < …",
    ),
    (
        "city = Нижний Новгород",
        "R418",
        "Нижний Новгород",
        "a word with spaces, hyphens or points needs quotes",
        "write 'Нижний Новгород'",
    ),
    (
        "city = Санкт-Петербург",
        "R418",
        "Санкт-Петербург",
        "a word with spaces, hyphens or points needs quotes",
        "write 'Санкт-Петербург'",
    ),
    (
        "city in (Омск, Санкт-Петербург)",
        "R418",
        "Санкт-Петербург",
        "a word with spaces, hyphens or points needs quotes",
        "write 'Санкт-Петербург'",
    ),
    # kinds
    (
        "last_order_on > 180d",
        "R420",
        "last_order_on > 180d",
        "last_order_on is a date, 180d is a duration: they are not compared",
        "since_last_order is a duration: since_last_order > 180d",
    ),
    (
        "orders > 3d",
        "R420",
        "orders > 3d",
        "orders is a count, 3d is a duration: they are not compared",
        "a count is a bare number: 3",
    ),
    (
        "smallest_lift <= 4%",
        "R420",
        "smallest_lift <= 4%",
        "smallest_lift is a difference of shares, 4% is a share: they are not compared",
        "write 4pp",
    ),
    ("orders > can_sms", "R420", "orders > can_sms", "orders is a count, can_sms is yes or no: they are not compared", None),
    ("since_last_order > 180", "R421", "180", "since_last_order is a duration, 180 has no unit", "write 180d"),
    ("revenue >= 500", "R421", "500", "revenue is money, 500 has no unit", "write 500 RUB"),
    ("good.email >= 0.3", "R421", "0.3", "good.email is a share, 0.3 has no unit", "write 30%"),
    ("revenue + 5 > 3 RUB", "R421", "5", "5 has no unit beside money", "write 5 RUB"),
    ("revenue > 5 USD", "R422", "5 USD", "money here is in RUB, not in USD", "write it in RUB"),
    (
        "revenue * revenue > 3 RUB",
        "R423",
        "revenue * revenue",
        "money cannot be multiplied by money: revenue is money and revenue is money",
        None,
    ),
    ("-last_order_on > 3d", "R423", "-last_order_on", "there is no minus last_order_on: it is a date", None),
    ("tags = x", "R424", "tags = x", "tags is a list and may hold several words", "write tags has x"),
    ("rfm has lost", "R424", "rfm has lost", "rfm is a text, not a list", "write rfm = lost"),
    ("city < Омск", "R424", "city < Омск", "city is a text, it is not more or less than anything", "ask for words with = or in (…)"),
    ("tags in (a, b)", "R424", "tags in (a, b)", "tags is a list, not a text", "ask for each word: tags has a or tags has b"),
    ("can_sms = yes", "R424", "yes", "can_sms says yes or no by itself", "write can_sms"),
    ("can_sms != да", "R424", "да", "can_sms says yes or no by itself", "write not can_sms"),
    (
        "champions = rfm",
        "R424",
        "champions = rfm",
        "a word cannot stand before the name it is compared with",
        "the name comes first: rfm = champions",
    ),
    ("can_sms < can_email", "R424", "can_sms < can_email", "yes and no have no order: < cannot be asked of them", None),
    ("orders", "R425", "orders", "orders is a count, a rule says yes or no", "say what is asked of it: orders >= 1"),
    ("can_sms and rhythm", "R425", "rhythm", "rhythm is a duration, a rule says yes or no", "say what is asked of it: rhythm > 30d"),
    (
        "thanks.answer is missing",
        "R426",
        "thanks.answer is missing",
        "`is missing` is not asked of thanks.answer, a fact of this pass",
        "write not thanks.answered",
    ),
    (
        "thanks.clicked is not missing",
        "R426",
        "thanks.clicked is not missing",
        "`is missing` is not asked of thanks.clicked, a fact of this pass",
        "write thanks.sent",
    ),
    ("revenue in top 60", "R427", "60", "after `in top` stands a share", "write in top 60%"),
    ("revenue in top 0%", "R427", "0%", "0% of all people is no part of them", "write a share above 0% and up to 100%"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "pointed", "message", "hint"), FAULTS, ids=[case[0] for case in FAULTS])
def test_fault_has_code_sentence_place_and_way_out(text, code, pointed, message, hint):
    rule, found = read(text, OWN, currency="RUB")
    assert rule is None
    errors = [item for item in found if item.is_error]
    assert [(item.code, item.message) for item in errors] == [(code, message)]
    span = errors[0].span
    assert text[span.column - 1 : span.end_column - 1] == pointed
    if hint is not None:
        assert errors[0].hint == hint


@pytest.mark.parametrize(
    "text", ["orders > " + "1" * 2000, "(" * 60 + "can_sms" + ")" * 60, "+".join(["orders"] * 60), "-(" * 900]
)
def test_what_is_too_large_is_one_fault(text):
    rule, found = read(text, OWN, currency="RUB")
    assert rule is None
    assert [item.code for item in found] == ["R414"]


def test_many_parts_are_refused_but_long_lists_of_claims_are_not():
    assert read(" or ".join(["can_sms"] * 120), OWN, currency="RUB")[0]
    found = read(" or ".join(["can_sms"] * 220), OWN, currency="RUB")[1]
    assert [item.code for item in found] == ["R414"]


def test_every_fault_of_a_rule_is_found_at_once():
    _, found = read("orderz > 1 and revenue > 5 and rfm in (lost, fled) and overdue > 3", OWN, currency="RUB")
    assert [(item.code, item.span.column) for item in found] == [("R401", 1), ("R421", 26), ("R403", 46), ("R421", 66)]


def test_words_without_a_comparison_are_gathered_into_lists():
    text = "rfm = lost or new or loyal or can_sms or city != Омск or Томск"
    _, found = read(text, OWN, currency="RUB")
    assert [(text[item.span.column - 1 : item.span.end_column - 1], item.hint) for item in found] == [
        ("new or loyal", "write rfm in (lost, new, loyal)"),
        ("Томск", "write city not in (Омск, Томск)"),
    ]


@pytest.mark.parametrize(
    "text", ["revenue > " + "1" * 400 + ".123 RUB", "revenue > 1.005 RUB", "orders > " + "9" * 1900]
)
def test_endless_numbers_are_one_fault(text):
    assert [item.code for item in read(text, OWN, currency="RUB")[1]] == ["R413"]


def test_digits_of_other_scripts_are_no_counts():
    for text in ("r in (²)", "r in (٣)", "orders > ²", "orders(²d) > 1"):
        assert read(text, OWN, currency="RUB")[0] is None


def test_words_with_signs_need_quotes_in_lists_too():
    for text in ("tags has 2026-01-01", "tags has 500 RUB", "city in (15%)"):
        assert [item.code for item in read(text, OWN, currency="RUB")[1]] == ["R418"]


def test_and_beside_or_asks_for_brackets():
    rule, found = read("can_sms or orders > 1 and ordered", OWN, currency="RUB")
    assert rule is not None
    (warning,) = found
    assert (warning.code, warning.severity) == ("R417", "warning")
    assert warning.hint == "say so with brackets: (orders > 1 and ordered)"
    assert read("can_sms or (orders > 1 and ordered)", OWN, currency="RUB")[1] == []


def test_caution_of_a_name_is_a_warning():
    rule, found = read("not thanks.opened", OWN, currency="RUB")
    assert rule is not None
    assert [(item.code, item.severity, item.message) for item in found] == [
        ("R428", "warning", "robots open letters: prefer thanks.clicked")
    ]


def test_places_count_from_the_span_of_the_rule():
    _, found = parse("city = «Омск»", Span("клуб.yml", 12, 11))
    assert str(found[0].span) == "клуб.yml:12:18"
    assert found[0].excerpt is None


def test_a_rule_over_several_lines_points_into_its_line():
    _, found = read("can_sms\nand orderz > 1", OWN, currency="RUB", span=Span("a.yml", 3, 5))
    assert (found[0].span.line, found[0].span.column) == (4, 5)


def test_without_a_span_the_rule_is_the_excerpt():
    _, found = parse("rfm == lost")
    assert found[0].excerpt == "rfm == lost"
