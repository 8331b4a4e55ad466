"""A made-up shop of a thousand silent customers in two segments: one campaign teaches the next."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from reactivate.cli.progress import Progress
from reactivate.stages.approval import from_json
from reactivate.stages.opening import open_spec
from reactivate.stages.planning import plan_of
from reactivate.stages.run import run

TODAY = date(2026, 9, 1)
SIZE = 1200
BUSINESS = """\
brand: "Saffron Road"
footer: "Saffron Road LLC, 12 Mill Street, Portland OR 97201"
web: https://r.saffronroad.example
currency: USD
timezone: America/Los_Angeles
language: en
policy: us
margin: 40%
cool_off: 0d
sources:
  shop:
    use: csv
    path: orders.csv
    rows: orders
    paid: [paid]
    map: {order_id: Order, ordered_on: Date, amount: Total, items: Lines, status: Status, name: Customer, email: Email}
channels:
  email: {use: outbox, folder: out, cost: 0.01 USD}
"""
CAMPAIGN = """\
campaign: NAME
enter: once
audience:
  - since_last_order > 60d
goal: {event: ordered, within: 14d, follow: 60d}
holdout: 30%
segments:
  regular: orders >= 3
offers:
  gift: {use: gift, gives: "0.3 g of saffron", cost: 1 USD, assumed_lift: ASSUMED}
journey:
  - send: come_back
    by: email
    offer: best
"""


def learning_shop(folder: Path) -> Path:
    """Business and orders in `folder`."""
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "come_back.md").write_text(
        "---\nsubject: Come back\n---\nHello {% if offer %}{{ offer.gives }}{% endif %}\n\n{{ unsubscribe_link }}\n"
    )
    (folder / "business.yml").write_text(BUSINESS)
    home = folder / ".reactivate"
    home.mkdir(mode=0o700)
    # Lots are drawn under the ledger's key: figures that repeat need one that does not change.
    (home / "ledger.key").write_text("00112233445566778899aabbccddeeff" * 2 + "\n")
    (home / "ledger.key").chmod(0o600)
    rows = ["Order,Date,Total,Lines,Status,Customer,Email"]
    for who in range(SIZE):
        rows += [
            _row(f"{who}-{n}", TODAY - timedelta(days=70 + who % 200 + 45 * n), 45, who) for n in range(_often(who))
        ]
    (folder / "orders.csv").write_text("\n".join(rows) + "\n")
    return folder


def _often(who: int) -> int:
    return 4 if who % 2 else 1


def _row(number: str, day: date, amount: float, who: int) -> str:
    return f"{number},{day},{amount}.00,saffron,paid,Customer {who},customer{who}@post.example"


def campaign(folder: Path, name: str, assumed: str = "8pp") -> Path:
    path = folder / f"{name}.yml"
    path.write_text(CAMPAIGN.replace("NAME", name).replace("ASSUMED", assumed))
    return path


def opened(path: Path, day: date):
    moment = datetime(day.year, day.month, day.day, 21, tzinfo=UTC)
    return open_spec(str(path), clock=lambda: moment, progress=Progress(), moment=f"{day}T13:00")


def on(path: Path, day: date, work):
    with (shop := opened(path, day)).ledger:
        return work(shop)


def go(shop):
    """One confirmed run."""
    found, drafted = plan_of(shop)
    return run(shop, from_json(found["ceilings"]), Progress(), drafted)


def they_buy(folder: Path, passes, day: date, chance: dict[tuple[str, str], float]) -> None:
    """Each pass orders by the chance of its (segment, arm), on a day within a week of `day`."""
    draw = np.random.default_rng(5)
    rows = []
    for row in passes.to_pylist():
        if draw.random() < chance[row["segment"], row["arm"]]:
            who = row["email"]
            when = day + timedelta(days=int(draw.integers(1, 8)))
            rows.append(f"late-{who},{when},45.00,saffron,paid,Customer {who},customer{who}@post.example")
    with (folder / "orders.csv").open("a") as file:
        file.write("\n".join(rows) + "\n")


def with_number(shop, passes):
    """Passes with the number of the customer in `email`, as the orders name him."""
    contacts = shop.base.table("contacts")
    mail = {
        row["person_id"]: row["value"].removeprefix("customer").split("@")[0]
        for row in contacts.to_pylist()
        if row["kind"] == "email"
    }
    return passes.append_column("email", [[mail[person] for person in passes["person_id"].to_pylist()]])
