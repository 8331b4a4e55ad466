"""Invented people: who they truly are, and how clerks and they themselves write it down."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from attrs import define, field

HERE = Path(__file__).parent
RU, UA = 0, 1


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


def maker_of(seed: int) -> "Maker":
    """A maker with the names, streets and titles of `material.toml`."""
    with (HERE / "material.toml").open("rb") as file:
        material = _parsed(tomllib.load(file))
    return Maker(Random(seed), material, str.maketrans(material["latin"]))


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
            address=self.home() if like is None else like.address,
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

    def home(self) -> tuple[int, int, int, int]:
        city, street = self.skewed(self.material["cities"]), self.skewed(self.material["streets"])
        return city, street, 1 + int(self.draw.random() * 120), int(self.draw.random() * 160)

    def _give_contacts(self, made: Person, like: Person | None) -> None:
        made.phone, made.email = self.new_phone(), self.new_email(made)
        if like is not None:
            shared = self.draw.random()
            if shared < 0.8:
                made.phone = like.phone
            if shared > 0.7:
                made.email = like.email

    def new_phone(self) -> str:
        while True:
            found = self.pick(self.material["mobile_codes"]) + f"{int(self.draw.random() * 10**7):07}"
            if found not in self.taken:
                self.taken.add(found)
                return found

    def new_email(self, made: Person) -> str:
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


def _parsed(material: dict[str, Any]) -> dict[str, Any]:
    """Entries cut into their forms once: by blanks where there are four, by a stroke where there are two languages."""
    for name in ("men", "women", "surnames_fixed", "stems", "endings", "cities", "streets"):
        material[name] = [tuple(entry.split("/")) for entry in material[name]]
    for name in ("surnames_gendered", "patronymics"):
        material[name] = [tuple(entry.split()) for entry in material[name]]
    material["titles"] = [tuple(entry.split("=")) for entry in material["titles"]]
    return material
