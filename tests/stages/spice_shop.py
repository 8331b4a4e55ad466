"""A made-up spice shop that writes weekly and may give a coupon, some saffron, or both: for tests of the money."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reactivate.cli.progress import Progress
from reactivate.stages.opening import open_spec

TODAY = date(2026, 11, 4)
BUSINESS = """\
brand: "Saffron Road"
footer: "Saffron Road LLC, 12 Mill Street, Portland OR 97201"
web: https://r.saffronroad.example
currency: USD
timezone: America/Los_Angeles
language: en
policy: us
margin: 40%
sources:
  shop:
    use: csv
    path: ../data/orders.csv
    rows: orders
    paid: [paid]
    map: {order_id: Order, ordered_on: Date, amount: Total, items: Lines, status: Status, name: Customer, email: Email}
questions:
  why:
    text: "What kept you away?"
    pick: one
    from: {nearer: "A shop near me", other: "Something else"}
channels:
  email: {use: outbox, folder: ../out, cost: 0.01 USD}
"""
CAMPAIGN = """\
campaign: spice_letter
business: business/spices.yml
enter: weekly
audience:
  - orders >= 2
  - overdue > 30d
  - since_last_order <= 365d
goal: {event: ordered, within: 14d, follow: 180d, assumed_lift: 2pp}
holdout: 20%
offers:
  coupon: {use: codes, pool: data/coupons.csv, value: 20 USD, min_order: 40 USD, valid: 14d, assumed_lift: 8pp}
  saffron: {use: gift, gives: "0.3 g of saffron", cost: 1 USD, valid: 14d, assumed_lift: 4pp}
  both: {use: bundle, of: [coupon, saffron], assumed_lift: 9pp}
limits: {people: 400 per week, budget: 3000 USD per month, payback: 1 order}
journey:
  - send: smell_it_again
    by: email
    offer: best
"""
LETTER = """\
---
subject: Smell it again
---
Your saffron waits. {% if offer %}A gift: {{ offer.gives }}.{% if offer.code %} Code {{ offer.code }}
until {{ offer.valid_until }}.{% endif %}
{% endif %}

{{ unsubscribe_link }}
"""
REMINDERS = ("four_days_left", "what_kept_you_away")


def spice_shop(folder: Path, *, campaign: str = CAMPAIGN, business: str = BUSINESS, codes: int = 100) -> Path:
    """The shop's files in `folder`; the path of the campaign file. Baskets lie from 20 to 118 dollars."""
    for name in ("business", "data", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "business" / "spices.yml").write_text(business)
    for name in ("smell_it_again", *REMINDERS):
        ask = "{{ ask_link }}" if name == REMINDERS[-1] else ""
        (folder / "templates" / f"{name}.md").write_text(LETTER + ask)
    (folder / "data" / "coupons.csv").write_text("code\n" + "".join(f"SPICE-{i:04}\n" for i in range(codes)))
    (folder / "data" / "orders.csv").write_text("\n".join(_orders()) + "\n")
    path = folder / "campaign.yml"
    path.write_text(campaign)
    return path


def _orders():
    """Customers 0 to 49 are silent for 100 to 247 days; 50 to 55 came back last week after such a silence.

    60 more came back after 120 days, long ago, and then stayed away; every second one ordered once more after 60 days.
    """
    yield "Order,Date,Total,Lines,Status,Customer,Email,Phone,City"
    bought = []
    for who in range(50):
        bought += [(who, 100 + 3 * who + (40 + who % 3) * back, 20 + 2 * who) for back in range(2 + who % 20)]
    for who in range(50, 56):
        bought += [(who, days, 50) for days in (4, 130, 170, 210)]
    for who in range(56, 116):
        again = [] if who % 2 else [500]
        bought += [(who, days, 50) for days in (*again, 560, 680, 720)]
    for number, (who, days, amount) in enumerate(bought):
        day = TODAY - timedelta(days=days)
        yield f"{number},{day},{amount}.00,saffron,paid,Customer {who},customer{who}@post.example,,Portland"


def everybody_buys(path: Path, day: date) -> None:
    """The fifty silent customers order once more."""
    rows = (
        f"{9000 + who},{day},30.00,saffron,paid,Customer {who},customer{who}@post.example,,Portland"
        for who in range(50)
    )
    with (path.parent / "data" / "orders.csv").open("a") as file:
        file.write("\n".join(rows) + "\n")


def opened(path: Path, *, hour: int = 19, day: date = TODAY):
    """The campaign at 11 in the morning of Portland, when Honolulu may be written to; ledger and base beside it."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    text = f"{day}T{hour - 8:02}:00"
    return open_spec(str(path), clock=lambda: moment, progress=Progress(), moment=text)
