"""What the shipped tables know of first names: Russian and Ukrainian twins, short forms, patronymics of each father."""

import re
from functools import cache

from attrs import frozen

from reactivate.normalise.fold import fold
from reactivate.normalise.near_words import index_of, near_pairs, near_words
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
        return self.fathers_of([word], [skeleton])[0]

    def fathers_of(self, words: list[str], skeletons: list[str]) -> list[str | None]:
        """`father` of each word. One typing error in a patronymic is forgiven when only one father comes near."""
        out = [self._written_father(word, skeleton) for word, skeleton in zip(words, skeletons, strict=True)]
        doubtful = [
            place
            for place, (skeleton, father) in enumerate(zip(skeletons, out, strict=True))
            if father is None and len(skeleton) >= _LONG_ENOUGH and _LIKE_PATRONYMIC.search(skeleton)
        ]
        forms = list(self.fathers)
        near: dict[int, set[str]] = {}
        for word, form in zip(*near_pairs([skeletons[place] for place in doubtful], forms), strict=True):
            near.setdefault(int(word), set()).add(self.fathers[forms[form]])
        for number, fathers in near.items():
            if len(fathers) == 1:
                (out[doubtful[number]],) = fathers
        return out

    def _written_father(self, word: str, skeleton: str) -> str | None:
        turkic = None if word.isalpha() else _TURKIC.search(word)
        if turkic:
            return self.canonical(fold(word[: turkic.start()]))
        if skeleton in self.fathers:
            return self.fathers[skeleton]
        found = _PATRONYMIC.match(skeleton)
        return found[1] if found else None

    def near_names(self, skeleton: str) -> frozenset[str]:
        """Names one typing error away from an unknown skeleton of five letters or more."""
        if len(skeleton) < _LONG_NAME or skeleton in self.names:
            return frozenset()
        forms = near_words(skeleton, index_of(tuple(self.names)))
        return frozenset(name for form in forms for name in self.names[form])

    def near_names_of(self, skeletons: list[str]) -> dict[str, frozenset[str]]:
        """`near_names` of those that have any, all at once."""
        unknown = [skeleton for skeleton in skeletons if len(skeleton) >= _LONG_NAME and skeleton not in self.names]
        forms = list(self.names)
        found: dict[str, set[str]] = {}
        for word, form in zip(*near_pairs(unknown, forms), strict=True):
            found.setdefault(unknown[word], set()).update(self.names[forms[form]])
        return {skeleton: frozenset(names) for skeleton, names in found.items()}

    def mistyped(self, skeletons: list[str]) -> frozenset[str]:
        """Those that have `near_names`."""
        return frozenset(self.near_names_of(skeletons))

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
