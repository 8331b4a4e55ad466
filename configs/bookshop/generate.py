"""Makes the bookshop of the demo: dirty, bilingual, with known truth. `python generate.py [FOLDER] [--records N]`.

Two sources as in the case it follows: the shop's orders and the call centre's delivery addresses; consents and refusals
beside them; `truth.csv` says which record is which person and is used only to score. One seed gives the same bytes on
every machine. Everybody in it is invented.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from sample_doubles import multiply  # noqa: E402
from sample_people import CallCard, Card, Maker, OrderCard, Person, maker_of  # noqa: E402

FIRST_DAY, LAST_DAY = date(2024, 5, 1), date(2026, 10, 31)

ORDER_HEADER = (
    "Дата заказа", "Дата доставки", "Список книг", "Сумма заказа", "Статус заказа",
    "ФИО клиента", "Эл.почта", "Телефон",
)  # fmt: skip
CALL_HEADER = ("ФИО", "Телефон", "Адрес доставки")


def generate(folder: Path, people: int = 3720, records: int = 4000, seed: int = 7) -> dict[str, int]:
    """Write orders, call_centre, consents, refusals and truth into `folder`; returns how many rows each has.

    `records` counts distinct cards over both sources; they belong to `people` persons.
    """
    maker = maker_of(seed)
    _populate(maker, people)
    multiply(maker, records - people)
    for who in maker.people:
        who.consents = _consents(maker, who)
    folder.mkdir(parents=True, exist_ok=True)
    orders = [card for card in maker.cards if isinstance(card, OrderCard)]
    calls = [card for card in maker.cards if isinstance(card, CallCard)]
    rows = {
        "orders": (ORDER_HEADER, _order_rows(maker, orders)),
        "call_centre": (CALL_HEADER, _shuffled(maker, calls)),
        "consents": (("email", "phone", "channel", "purpose", "given_on", "proof"), _consent_rows(maker)),
        "refusals": (("email", "phone", "channel", "refused_on", "reason"), _refusal_rows(maker)),
        "truth": (("source", "record_id", "person"), _truth(maker, orders, calls)),
    }
    for name, (header, lines) in rows.items():
        _write(folder / f"{name}.csv", header, lines)
    return {name: len(lines) for name, (_, lines) in rows.items()}


def _populate(maker: Maker, people: int) -> None:
    """Everybody's first card: seven in eight bought in the shop, the others are known to the call centre only."""
    while len(maker.people) < people:
        like = maker.people[-1] if maker.people and maker.chance(0.05) else None
        if like is not None and not (like.phone and like.email):
            like = None
        who = maker.person(like)
        buyer = maker.chance(0.875)
        if not buyer:
            who.email = None
        while not maker.add(_first_card(maker, who, buyer), who):
            pass


def _first_card(maker: Maker, who: Person, buyer: bool) -> Card:
    drawn = maker.draw.random()
    if drawn < 0.08:
        who.email = who.phone = None
        junk_phone = maker.pick((*maker.material["junk_phones"], "", "", ""))
        if not buyer:
            return maker.call_card(who, phone=junk_phone)
        return maker.order_card(who, email=maker.pick((*maker.material["junk_mails"], "", "", "")), phone=junk_phone)
    if not buyer:
        return maker.call_card(who)
    changed: dict[str, str] = {}
    if drawn < 0.11 and not who.in_family:
        who.nameless = True
        changed["name"] = maker.pick(maker.material["junk_names"])
    elif drawn < 0.15:
        who.email = None
        changed["email"] = maker.pick((*maker.material["junk_mails"], "", ""))
    elif drawn < 0.22:
        who.phone = None
        changed["phone"] = maker.pick((*maker.material["junk_phones"], "", ""))
    return maker.order_card(who, **changed)


def _order_rows(maker: Maker, cards: list[OrderCard]) -> list[tuple[str, ...]]:
    rows = [(day, _order(maker, day, card)) for card in cards for day in _days(maker)]
    for place in range(0, len(rows), max(1, len(rows) // 5)):
        day, row = rows[place]
        # A few rows that a clerk spoilt, of cards that have good rows besides.
        rows.append((day, ("31.02.2025", "", *row[2:])))
        rows.append((day, (row[0], "", row[2], "по телефону", *row[4:])))
    rows.append((LAST_DAY, (f"{LAST_DAY:%d.%m.%Y}", "", "Кобзар", "310", "В обработке", "", "", "")))
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def _days(maker: Maker) -> list[date]:
    """Days of this card's orders: most people bought once and never came back."""
    span = (LAST_DAY - FIRST_DAY).days
    drawn = maker.draw.random()
    count = 1 if drawn < 0.82 else 2 if drawn < 0.94 else 3 + int((drawn - 0.94) * 60)
    first = int(span * maker.draw.random() ** 1.25)
    after = (min(span, first + place * (30 + int(maker.draw.random() * 90))) for place in range(count))
    return [FIRST_DAY + timedelta(days) for days in after]


def _order(maker: Maker, day: date, card: OrderCard) -> tuple[str, ...]:
    titles, drawn = maker.material["titles"], maker.draw.random()
    count = 1 if drawn < 0.6 else 2 if drawn < 0.9 else 3
    books = dict(titles[maker.skewed(titles)] for _ in range(count))
    total = sum(map(int, books.values()))
    fate = maker.draw.random()
    status = "Доставлен" if fate < 0.8 else "Выдан" if fate < 0.95 else "Отменён"
    came = day + timedelta(1 + int(maker.draw.random() * 8))
    if came > LAST_DAY and status != "Отменён":
        status = "В обработке"
    delivered = f"{came:%d.%m.%Y}" if status in {"Доставлен", "Выдан"} else ""
    return f"{day:%d.%m.%Y}", delivered, "; ".join(books), _sum(maker, total), status, *card


def _sum(maker: Maker, total: int) -> str:
    """A sum as three programs export it."""
    return maker.pick((f"{total}", f"{total}", f"{total},00", f"{total:,} грн".replace(",", " ")))


def _consents(maker: Maker, who: Person) -> list[str]:
    """Channels with a dated proof; three in a hundred never gave any."""
    possible = [("email", 0.92, who.email), ("sms", 0.6, who.phone), ("call", 0.75, who.phone)]
    if maker.chance(0.03):
        return []
    given = [channel for channel, share, at in possible if at and maker.chance(share)]
    return given or [channel for channel, _, at in possible if at][:1]


def _consent_rows(maker: Maker) -> list[tuple[str, ...]]:
    rows = []
    for who in maker.people:
        for channel in who.consents:
            day = FIRST_DAY - timedelta(int(maker.draw.random() * 400))
            proof = ("сайт" if channel == "email" else "дзвінок") + f" {10000 + len(rows)}"
            email, phone = (who.email, "") if channel == "email" else ("", f"+380{who.phone}")
            rows.append((email or "", phone, channel, "marketing", f"{day:%d.%m.%Y}", proof))
    # Ticked once upon a time, nobody knows when: counts for nothing.
    bare = [who for who in maker.people if who.email and not who.consents]
    rows += [(who.email or "", "", "email", "marketing", "", "") for who in bare[: len(bare) // 2]]
    return rows


def _refusal_rows(maker: Maker) -> list[tuple[str, ...]]:
    rows = []
    for who in maker.people:
        if who.email and maker.chance(0.012):
            day = FIRST_DAY + timedelta(int(maker.draw.random() * 800))
            channel, reason = ("all", "do not call") if maker.chance(0.3) else ("email", "unsubscribe")
            phone = f"+380{who.phone}" if channel == "all" and who.phone else ""
            rows.append((who.email, phone, channel, f"{day:%d.%m.%Y}", reason))
    return rows


def _truth(maker: Maker, orders: list[OrderCard], calls: list[CallCard]) -> list[tuple[str, ...]]:
    import pyarrow as pa

    from reactivate.stages.identity import record_ids

    rows = []
    for source, cards, fields in (
        ("orders", orders, ("name", "email", "phone")),
        ("call_centre", calls, ("name", "phone", "address")),
    ):
        columns = {name: pa.array([card[place] or None for card in cards]) for place, name in enumerate(fields)}
        for key, card in zip(record_ids(pa.table(columns)).to_pylist(), cards, strict=True):
            rows.append((source, key, f"P{maker.cards[card]:06}"))
    return sorted(rows)


def _shuffled(maker: Maker, cards: Iterable[CallCard]) -> list[tuple[str, ...]]:
    return sorted((tuple(card) for card in cards), key=lambda _: maker.draw.random())


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Command line: where to, how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "data")
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    made = generate(given.folder, round(given.records * 0.93), given.records, given.seed)
    print(", ".join(f"{rows:,} {name}" for name, rows in made.items()))


if __name__ == "__main__":
    main()
