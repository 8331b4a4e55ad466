"""What the shipped tables know of first names: Russian and Ukrainian twins, short forms, patronymics of each father."""

import re
from functools import cache

from attrs import frozen
from rapidfuzz.distance import OSA

from reactivate.normalise.fold import fold
from reactivate.normalise.tables import listed, rows

_IRREGULAR_FATHERS = {
    "Михаил": "Михайл", "Павел": "Павл", "Пётр": "Петр", "Лев": "Льв", "Яков": "Яковл", "Илья": "Иль", "Иосиф": "Осип",
    "Микола": "Микола", "Яків": "Як", "Федір": "Федор", "Прохір": "Прохор", "Кіндрат": "Кондрат", "Ілля": "Ілл",
    "Григорій": "Григор", "Хома": "Хом", "Данила": "Данил", "Даниил": "Данил",
}  # fmt: skip
_ENDINGS = ["ович", "евич", "ьевич", "иевич", "йович", "овна", "евна", "ьевна", "иевна", "івна", "ївна", "йівна"]
_SHORT_ENDINGS = ["ич", "ьич", "инична", "ична"]  # Никитич, Ильинична: fathers whose names end in -а or -я
_PATRONYMIC = re.compile(r"^(.{2,}?)(?:ovich|evich|ivich|avich|ich|ovna|evna|ivna|avna|inichna|ichna)$")
_LIKE_PATRONYMIC = re.compile(r"[oei]v?n?v?[an]{1,2}$|i?c?hi?c?h?$|vich|vna|vn|nva")
_LONG_ENOUGH, _LONG_NAME = 7, 5
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
        if found:
            return found[1]
        return self._mistyped_father(skeleton)

    def _mistyped_father(self, skeleton: str) -> str | None:
        """The father behind a patronymic with one typing error; None when none or several come near."""
        if len(skeleton) < _LONG_ENOUGH or not _LIKE_PATRONYMIC.search(skeleton):
            return None
        near = {self.fathers[form] for form in near_words(skeleton, _index(tuple(self.fathers)))}
        return next(iter(near)) if len(near) == 1 else None

    def near_names(self, skeleton: str) -> frozenset[str]:
        """Names one typing error away from an unknown skeleton of five letters or more."""
        if len(skeleton) < _LONG_NAME or skeleton in self.names:
            return frozenset()
        forms = near_words(skeleton, _index(tuple(self.names)))
        return frozenset(name for form in forms for name in self.names[form])

    def initials(self, name: str) -> frozenset[str]:
        """First letters under which a name may be abbreviated: Елена is also Олена."""
        return _initials().get(name, frozenset(name[:1]))


def near_words(word: str, index: dict[str, tuple[str, ...]]) -> set[str]:
    """The indexed words within one edit of `word` (Garbe's symmetric deletion: both sides lose one letter)."""
    near: set[str] = set()
    for shorter in _deletions(word):
        forms = index.get(shorter)
        if forms:
            near.update(forms)
    return {form for form in near if OSA.distance(form, word, score_cutoff=1) <= 1}


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@cache
def _index(words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in words:
        for shorter in _deletions(word):
            found.setdefault(shorter, []).append(word)
    return {shorter: tuple(forms) for shorter, forms in found.items()}


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
