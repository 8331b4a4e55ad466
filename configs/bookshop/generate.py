"""Makes the bookshop of the demo: dirty, bilingual, with known truth. `python generate.py [FOLDER] [--records N]`.

Two sources as in the case it follows: the shop's orders and the call centre's delivery addresses; consents and refusals
beside them; `truth.csv` says which record is which person and is used only to score. One seed gives the same bytes on
every machine. Everybody in it is invented.
"""

import argparse
import csv
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from attrs import define, field

HERE = Path(__file__).parent
FIRST_DAY, LAST_DAY = date(2024, 5, 1), date(2026, 10, 31)
RU, UA = 0, 1

ORDER_HEADER = (
    "Дата заказа", "Дата доставки", "Список книг", "Сумма заказа", "Статус заказа",
    "ФИО клиента", "Эл.почта", "Телефон",
)  # fmt: skip
CALL_HEADER = ("ФИО", "Телефон", "Адрес доставки")

# How doubles come about, in parts of a hundred. Two fifths are the two languages, as in every base of the region.
DOUBLES = {
    "bilingual": 40, "delivery": 20, "mailbox": 14, "name_slip": 8, "short_name": 6, "mail_slip": 4, "new_phone": 4,
    "phone_slip": 2, "nameless": 2,
}  # fmt: skip


@define
class Person:
    """Who somebody truly is. `name` holds (family, given, patronymic) in both languages."""

    number: int
    woman: bool
    name: tuple[tuple[str, str, str], tuple[str, str, str]]
    language: int
    phone: str | None
    email: str | None
    address: tuple[int, int, int, int]
    father: int
    in_family: bool = False
    nameless: bool = False
    consents: list[str] = field(factory=list)


class OrderCard(NamedTuple):
    """Contact fields of the shop."""

    name: str
    email: str
    phone: str


class CallCard(NamedTuple):
    """Contact fields of the call centre."""

    name: str
    phone: str
    address: str


Card = OrderCard | CallCard


@define
class Maker:
    """Draws people and the cards they leave behind; never the same phone, mailbox or card twice by accident."""

    draw: Random
    material: dict[str, Any]
    latin: dict[int, str]
    people: list[Person] = field(factory=list)
    cards: dict[Card, int] = field(factory=dict)
    taken: set[str] = field(factory=set)

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def pick(self, things: Sequence[Any]) -> Any:
        return things[int(self.draw.random() * len(things))]

    def skewed(self, things: Sequence[Any], by: float = 1.5) -> int:
        """A place in a list whose head is more frequent than its tail."""
        return int(len(things) * self.draw.random() ** by)

    # People

    def person(self, like: Person | None = None) -> Person:
        """A stranger, or one of the family of `like`: same surname, flat, and phone or mailbox."""
        woman = self.chance(0.62)
        surname = self._surname(woman) if like is None else self._of_family(like, woman)
        given = self.skewed(self.material["women" if woman else "men"])
        father = self.skewed(self.material["patronymics"])
        if like is not None and not like.woman and not woman and self.chance(0.6):
            father = self._son_of(like, father)
        names = tuple(
            (
                surname[language],
                self.material["women" if woman else "men"][given][language],
                self.material["patronymics"][father][2 * language + woman],
            )
            for language in (RU, UA)
        )
        made = Person(
            number=len(self.people),
            woman=woman,
            name=names,  # type: ignore[arg-type]
            language=RU if self.chance(0.55) else UA,
            phone=None,
            email=None,
            address=self._home() if like is None else like.address,
            father=father,
        )
        if like is not None:
            if made.name[UA][1] == like.name[UA][1]:
                return self.person(like)
            made.in_family = like.in_family = True
        self._give_contacts(made, like)
        self.people.append(made)
        return made

    def _surname(self, woman: bool) -> tuple[str, str]:
        drawn = self.draw.random()
        if drawn < 0.3:
            return self.material["surnames_fixed"][self.skewed(self.material["surnames_fixed"], 1.3)]
        if drawn < 0.5:
            forms = self.material["surnames_gendered"][self.skewed(self.material["surnames_gendered"], 1.2)]
            return forms[woman], forms[2 + woman]
        stem, ending = self.pick(self.material["stems"]), self.pick(self.material["endings"])
        return stem[RU] + ending[RU], stem[UA] + ending[UA]

    def _of_family(self, like: Person, woman: bool) -> tuple[str, str]:
        for forms in self.material["surnames_gendered"]:
            if like.name[RU][0] in forms[:2]:
                return forms[woman], forms[2 + woman]
        return like.name[RU][0], like.name[UA][0]

    def _son_of(self, like: Person, otherwise: int) -> int:
        given = [name[UA] for name in self.material["men"]]
        names = [given[place] for place in self.material["fathers"]]
        return names.index(like.name[UA][1]) if like.name[UA][1] in names else otherwise

    def _home(self) -> tuple[int, int, int, int]:
        city, street = self.skewed(self.material["cities"]), self.skewed(self.material["streets"])
        return city, street, 1 + int(self.draw.random() * 120), int(self.draw.random() * 160)

    def _give_contacts(self, made: Person, like: Person | None) -> None:
        made.phone, made.email = self._phone(), self._email(made)
        if like is not None:
            shared = self.draw.random()
            if shared < 0.8:
                made.phone = like.phone
            if shared > 0.7:
                made.email = like.email

    def _phone(self) -> str:
        while True:
            found = self.pick(self.material["mobile_codes"]) + f"{int(self.draw.random() * 10**7):07}"
            if found not in self.taken:
                self.taken.add(found)
                return found

    def _email(self, made: Person) -> str:
        family, given, _ = (part.lower().translate(self.latin) for part in made.name[made.language])
        while True:
            digits = str(int(self.draw.random() * 9000) + 100)
            local = self.pick(
                (f"{family}{given[:1]}{digits}", f"{given}.{family}{digits}", f"{family[:4]}{given[:3]}{digits}")
            )
            found = f"{local}@{self.material['mail_domains'][self.skewed(self.material['mail_domains'])]}"
            if found not in self.taken:
                self.taken.add(found)
                return found

    # What clerks and customers make of it

    def written(self, who: Person, language: int | None = None) -> str:
        """The full name in one of the usual orders."""
        family, given, patronymic = who.name[who.language if language is None else language]
        drawn = self.draw.random()
        if drawn < 0.6:
            return f"{family} {given} {patronymic}"
        return f"{given} {family}" if drawn < 0.82 else f"{family} {given}"

    def dialled(self, phone: str | None) -> str:
        """A phone as people write it down."""
        if phone is None:
            return ""
        code, rest = phone[:2], phone[2:]
        ways = (
            f"0{phone}", f"0{phone}", f"+380{phone}", f"380{phone}", f"(0{code}) {rest[:3]}-{rest[3:5]}-{rest[5:]}",
            f"0{code}-{rest[:3]}-{rest[3:5]}-{rest[5:]}", f"8 0{code} {rest[:3]} {rest[3:]}",
        )  # fmt: skip
        return self.pick(ways)

    def located(self, address: tuple[int, int, int, int], language: int) -> str:
        city, street, house, flat = address
        place = self.material["cities"][city][language]
        road = self.material["streets"][street][language]
        mark = self.pick((("ул. ", "вул. "), ("", ""), ("", "")))[language]
        return f"{place}, {mark}{road}, {house}" + (f", кв. {flat}" if flat else "")

    def order_card(self, who: Person, **changed: Any) -> OrderCard:
        return OrderCard(
            changed.get("name", self.written(who)),
            changed.get("email", who.email or ""),
            changed.get("phone", self.dialled(who.phone)),
        )

    def call_card(self, who: Person, language: int | None = None, **changed: Any) -> CallCard:
        spoken = who.language if language is None else language
        return CallCard(
            changed.get("name", self.written(who, spoken)),
            changed.get("phone", self.dialled(who.phone)),
            self.located(changed.get("address", who.address), spoken),
        )

    def add(self, card: Card, who: Person) -> bool:
        """Keep a card unless the same one is there already."""
        if card in self.cards:
            return False
        self.cards[card] = who.number
        return True

    # Doubles

    def double(self, kind: str, who: Person) -> bool:
        """Give `who` one more card; False when this kind does not fit this person."""
        made = getattr(self, f"_{kind}")(who)
        return made is not None and self.add(made, who)

    def _bilingual(self, who: Person) -> Card | None:
        other = UA if who.language == RU else RU
        if who.name[RU][0] == who.name[UA][0] and who.name[RU][1] == who.name[UA][1]:
            return None
        if self.chance(0.5) and who.email:
            drawn = self.draw.random()
            changed = {"phone": ""} if drawn < 0.12 else {"email": ""} if drawn < 0.24 else {}
            return self.order_card(who, name=self.written(who, other), **changed)
        return self.call_card(who, other)

    def _delivery(self, who: Person) -> Card:
        return self.call_card(who, address=self._home() if self.chance(0.4) else who.address)

    def _mailbox(self, who: Person) -> Card | None:
        return self.order_card(who, email=self._email(who)) if who.email else None

    def _name_slip(self, who: Person) -> Card | None:
        return self.order_card(who, name=self._slipped(self.written(who))) if who.email else None

    def _short_name(self, who: Person) -> Card | None:
        family, given, patronymic = who.name[who.language]
        return self.order_card(who, name=f"{family} {given[0]}.{patronymic[0]}.") if who.email else None

    def _mail_slip(self, who: Person) -> Card | None:
        local, _, domain = (who.email or "").partition("@")
        wrong = self.material["mail_slips"].get(domain)
        return self.order_card(who, email=f"{local}@{wrong}") if wrong else None

    def _new_phone(self, who: Person) -> Card | None:
        return self.order_card(who, phone=self.dialled(self._phone())) if who.email else None

    def _phone_slip(self, who: Person) -> Card | None:
        if not who.email or not who.phone:
            return None
        place = 4 + int(self.draw.random() * 5)
        digit = str((int(who.phone[place]) + 1) % 10)
        return self.order_card(who, phone=self.dialled(who.phone[:place] + digit + who.phone[place + 1 :]))

    def _nameless(self, who: Person) -> Card | None:
        if who.in_family or not (who.email and who.phone):
            return None
        return self.order_card(who, name=self.pick(self.material["junk_names"]))

    def _slipped(self, name: str) -> str:
        """Two letters changed places, or one got lost, never the first of a word."""
        places = [i for i in range(2, len(name) - 1) if name[i - 1 : i + 2].isalpha()]
        at = self.pick(places)
        if self.chance(0.5):
            return name[:at] + name[at + 1 :]
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def generate(folder: Path, people: int = 3720, records: int = 4000, seed: int = 7) -> dict[str, int]:
    """Write orders, call_centre, consents, refusals and truth into `folder`; returns how many rows each has.

    `records` counts distinct cards over both sources; they belong to `people` persons.
    """
    with (HERE / "material.toml").open("rb") as file:
        material = _parsed(tomllib.load(file))
    maker = Maker(Random(seed), material, str.maketrans(material["latin"]))
    _populate(maker, people)
    _multiply(maker, records - people)
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


def _parsed(material: dict[str, Any]) -> dict[str, Any]:
    """Entries cut into their forms once: by blanks where there are four, by a stroke where there are two languages."""
    for name in ("men", "women", "surnames_fixed", "stems", "endings", "cities", "streets"):
        material[name] = [tuple(entry.split("/")) for entry in material[name]]
    for name in ("surnames_gendered", "patronymics"):
        material[name] = [tuple(entry.split()) for entry in material[name]]
    material["titles"] = [tuple(entry.split("=")) for entry in material["titles"]]
    return material


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


def _multiply(maker: Maker, wanted: int) -> None:
    """Doubles of people who can be recognised again, in the shares of `DOUBLES`."""
    known = [who for who in maker.people if who.phone and not who.nameless and (who.email or maker.chance(0.5))]
    made = shares = 0
    for kind, share in DOUBLES.items():
        shares += share
        while made < round(wanted * shares / 100):
            made += maker.double(kind, maker.pick(known))


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
