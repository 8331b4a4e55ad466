"""What the shipped tables know of first names: Russian and Ukrainian twins, short forms, patronymics of each father."""

import re
from functools import cache

from attrs import frozen

from reactivate.normalise.fold import fold
from reactivate.normalise.tables import listed, rows

_IRREGULAR_FATHERS = {
    "Михаил": "Михайл", "Павел": "Павл", "Пётр": "Петр", "Лев": "Льв", "Яков": "Яковл", "Илья": "Иль", "Иосиф": "Осип",
    "Микола": "Микола", "Яків": "Яков", "Федір": "Федор", "Прохір": "Прохор", "Кіндрат": "Кондрат", "Ілля": "Ілл",
    "Григорій": "Григор", "Хома": "Хом", "Данила": "Данил", "Даниил": "Данил",
}  # fmt: skip
_MAN = "ович евич ьевич иевич йович ич ьич"
_WOMAN = "овна евна ьевна иевна івна ївна йівна инична ична ївна"
_PATRONYMIC = re.compile(r"^(.{2,}?)(?:ovich|evich|ivich|avich|ich|ovna|evna|ivna|avna|inichna|ichna)$")
_TURKIC = re.compile(r"[\s-](?:оглы|оглу|улы|ұлы|ogly|oglu|uly|кызы|кизи|қызы|gyzy|qizi|kyzy)$", re.IGNORECASE)


@frozen
class KnownNames:
    """`names`: skeleton -> all names it may stand for; `full`: skeletons of full forms; `fathers`: patronymics."""

    names: dict[str, frozenset[str]]
    full: dict[str, str]
    fathers: dict[str, str]
    sexes: dict[str, str]

    def canonical(self, skeleton: str) -> str:
        """The name a skeleton stands for when that is certain, else the skeleton itself."""
        if len(skeleton) < 2:
            return skeleton
        if skeleton in self.full:
            return self.full[skeleton]
        meant = self.names.get(skeleton, frozenset())
        return next(iter(meant)) if len(meant) == 1 else skeleton

    def father(self, word: str, skeleton: str) -> str | None:
        """The father's name behind a patronymic; its bare stem when the name is not known; None = no patronymic."""
        turkic = _TURKIC.search(word)
        if turkic:
            return self.canonical(fold(word[: turkic.start()]))
        if skeleton in self.fathers:
            return self.fathers[skeleton]
        found = _PATRONYMIC.match(skeleton)
        return found[1] if found else None


@cache
def known_names() -> KnownNames:
    """The tables, folded; built once per process."""
    names: dict[str, set[str]] = {}
    full: dict[str, set[str]] = {}
    fathers: dict[str, str] = {}
    sexes: dict[str, str] = {}
    for row in rows("first_names.tsv") + rows("first_names_more.tsv"):
        key = fold(row["ru"])
        forms = [row["ru"], *listed(row["uk"])]
        sexes[key] = row["sex"]
        for form in forms:
            full.setdefault(fold(form), set()).add(key)
        for form in forms + listed(row["short"]):
            names.setdefault(fold(form), set()).add(key)
        if row["sex"] == "m":
            for form in forms:
                for patronymic in _patronymics(form):
                    fathers.setdefault(fold(patronymic), key)
    for row in rows("first_names_latin.tsv"):
        key = fold(row["name"])
        for form in [row["name"], *listed(row["short"])]:
            names.setdefault(fold(form), set()).add(key)
    certain = {form: next(iter(keys)) for form, keys in full.items() if len(keys) == 1}
    return KnownNames({form: frozenset(keys) for form, keys in names.items()}, certain, fathers, sexes)


def _patronymics(father: str) -> list[str]:
    """Patronymics of a father's name, more than grammar allows: what is never written costs nothing."""
    stems = {_IRREGULAR_FATHERS.get(father, father), father}
    out = []
    for stem in stems:
        cut = re.sub(r"(?:ий|ій)$", "", stem), re.sub(r"[йьаяо]$", "", stem), re.sub(r"й$", "", stem)
        out += [base + ending for base in {stem, *cut} for ending in (_MAN + " " + _WOMAN).split()]
    return out
