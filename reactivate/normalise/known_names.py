"""What the shipped tables know of first names: Russian and Ukrainian twins, short forms, patronymics of each father."""

import re
from functools import cache

import pyarrow as pa
from attrs import frozen

from reactivate.normalise.fold import fold
from reactivate.normalise.near_words import near_pairs
from reactivate.normalise.tables import listed, rows

_IRREGULAR_FATHERS = {
    "Михаил": "Михайл", "Павел": "Павл", "Пётр": "Петр", "Лев": "Льв", "Яков": "Яковл", "Илья": "Иль", "Иосиф": "Осип",
    "Микола": "Микола", "Яків": "Як", "Федір": "Федор", "Прохір": "Прохор", "Кіндрат": "Кондрат", "Ілля": "Ілл",
    "Григорій": "Григор", "Хома": "Хом", "Данила": "Данил", "Даниил": "Данил",
}  # fmt: skip
_ENDINGS = ["ович", "евич", "ьевич", "иевич", "йович", "овна", "евна", "ьевна", "иевна", "івна", "ївна", "йівна"]
_SHORT_ENDINGS = ["ич", "ьич", "инична", "ична"]  # Никитич, Ильинична: fathers whose names end in -а or -я
_LONG_NAME = 5


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

    def near_names_of(self, skeletons: list[str]) -> dict[str, frozenset[str]]:
        """Names one typing error away from unknown skeletons of five letters or more; of those that have any."""
        unknown = [skeleton for skeleton in skeletons if len(skeleton) >= _LONG_NAME and skeleton not in self.names]
        forms = list(self.names)
        found: dict[str, set[str]] = {}
        near = near_pairs(pa.array(unknown, pa.string()), pa.array(forms, pa.string()))
        for word, form in zip(*near, strict=True):
            found.setdefault(unknown[word], set()).update(self.names[forms[form]])
        return {skeleton: frozenset(names) for skeleton, names in found.items()}

    def initials(self, name: str) -> frozenset[str]:
        """First letters under which a name may be abbreviated: Елена is also Олена."""
        return _initials().get(name, frozenset(name[:1]))


@cache
def _initials() -> dict[str, frozenset[str]]:
    letters: dict[str, set[str]] = {}
    for form, names in known_names().names.items():
        for name in names:
            letters.setdefault(name, set()).add(form[:1])
    return {name: frozenset(found) for name, found in letters.items()}


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
    endings = _ENDINGS + (_SHORT_ENDINGS if father[-1] in "ая" or father == "Савва" else [])
    for stem in stems:
        cut = re.sub(r"(?:ий|ій)$", "", stem), re.sub(r"[йьаяо]$", "", stem), re.sub(r"й$", "", stem)
        out += [base + ending for base in {stem, *cut} for ending in endings]
    return out
