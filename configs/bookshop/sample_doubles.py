"""How one person comes to have two cards. Each kind gives a card, or None when it does not fit the person."""

from collections.abc import Callable

from sample_people import RU, UA, Card, Maker, Person


def bilingual(maker: Maker, who: Person) -> Card | None:
    """The same person in the other language: in the shop, or at the call centre with an address."""
    other = UA if who.language == RU else RU
    if who.name[RU][0] == who.name[UA][0] and who.name[RU][1] == who.name[UA][1]:
        return None
    if maker.chance(0.5) and who.email:
        drawn = maker.draw.random()
        changed = {"phone": ""} if drawn < 0.12 else {"email": ""} if drawn < 0.24 else {}
        return maker.order_card(who, name=maker.written(who, other), **changed)
    return maker.call_card(who, other)


def delivery(maker: Maker, who: Person) -> Card:
    """A delivery, to the flat we know or to another one."""
    return maker.call_card(who, address=maker.home() if maker.chance(0.4) else who.address)


def mailbox(maker: Maker, who: Person) -> Card | None:
    """A second mailbox."""
    return maker.order_card(who, email=maker.new_email(who)) if who.email else None


def name_slip(maker: Maker, who: Person) -> Card | None:
    """A slip of the finger in the name."""
    return maker.order_card(who, name=_slipped(maker, maker.written(who))) if who.email else None


def short_name(maker: Maker, who: Person) -> Card | None:
    """Initials for given name and patronymic."""
    family, given, patronymic = who.name[who.language]
    return maker.order_card(who, name=f"{family} {given[0]}.{patronymic[0]}.") if who.email else None


def mail_slip(maker: Maker, who: Person) -> Card | None:
    """A mailbox whose domain is misspelt."""
    local, _, domain = (who.email or "").partition("@")
    wrong = maker.material["mail_slips"].get(domain)
    return maker.order_card(who, email=f"{local}@{wrong}") if wrong else None


def new_phone(maker: Maker, who: Person) -> Card | None:
    """A new number, the mailbox stays."""
    return maker.order_card(who, phone=maker.dialled(maker.new_phone())) if who.email else None


def phone_slip(maker: Maker, who: Person) -> Card | None:
    """One digit of the phone is wrong."""
    if not who.email or not who.phone:
        return None
    place = 4 + int(maker.draw.random() * 5)
    digit = str((int(who.phone[place]) + 1) % 10)
    return maker.order_card(who, phone=maker.dialled(who.phone[:place] + digit + who.phone[place + 1 :]))


def nameless(maker: Maker, who: Person) -> Card | None:
    """A card on which nobody cared for the name. Told by phone and mailbox, so not within families."""
    if who.in_family or not (who.email and who.phone):
        return None
    return maker.order_card(who, name=maker.pick(maker.material["junk_names"]))


def _slipped(maker: Maker, name: str) -> str:
    """Two letters changed places, or one got lost, never the first of a word."""
    places = [i for i in range(2, len(name) - 1) if name[i - 1 : i + 2].isalpha()]
    at = maker.pick(places)
    if maker.chance(0.5):
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


KINDS: dict[Callable[[Maker, Person], Card | None], int] = {
    bilingual: 40,
    delivery: 20,
    mailbox: 14,
    name_slip: 8,
    short_name: 6,
    mail_slip: 4,
    new_phone: 4,
    phone_slip: 2,
    nameless: 2,
}
"""In parts of a hundred. Two fifths are the two languages, as in every base of the region."""


def multiply(maker: Maker, wanted: int) -> None:
    """Give doubles to people who can be recognised again, in the shares of `KINDS`."""
    known = [who for who in maker.people if who.phone and not who.nameless and (who.email or maker.chance(0.5))]
    made = shares = 0
    for kind, share in KINDS.items():
        shares += share
        while made < round(wanted * shares / 100):
            who = maker.pick(known)
            card = kind(maker, who)
            made += card is not None and maker.add(card, who)
