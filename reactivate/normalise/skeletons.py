"""`fold` and `fold_surname` for columns of words; a property test shows that they agree with those for one word."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.cells import Bytes, Flags
from reactivate.normalise.fold import ascii_letters
from reactivate.normalise.rewriting import END, Rule, hits, lines, rewritten, words_of

_FAR = 0x0600
"""Letters from here on are neither Latin nor Cyrillic; each is looked up by itself."""

# The steps of `fold`, in its order.
_STEPS: tuple[tuple[Rule, ...], ...] = (
    tuple(Rule(b"ki" + last, b"ki", b"sc", b"\n") for last in (b"i", b"y", b"j")),
    (*(Rule(found, b"sh") for found in (b"shch", b"sch", b"shh")), Rule(b"sz", b"sh", after=b"aeiouycz")),
    (Rule(b"cz", b"ch"),),
    (Rule(b"tch", b"ch"),),
    (Rule(b"zgh", b"zg"),),
    (Rule(b"kh", b"X"),),
    (Rule(b"ph", b"f"), Rule(b"th", b"t")),
    (Rule(b"sh", b"sH"), Rule(b"ch", b"cH"), Rule(b"zh", b"zH")),
    (Rule(b"h", b"g"), Rule(b"H", b"h")),
    (Rule(b"ts", b"C"), Rule(b"tz", b"C"), Rule(b"tc", b"C")),
    (Rule(b"ck", b"k", after=b"^ia"),),
    (Rule(b"c", b"k", after=b"^heikay"), Rule(b"ca", b"ka", after=b"^\n")),
    tuple(Rule(*pair) for pair in ((b"C", b"c"), (b"q", b"k"), (b"w", b"v"), (b"j", b"i"), (b"y", b"i"))),
)
_LATER_STEPS: tuple[tuple[Rule, ...], ...] = (
    (Rule(b"sho", b"she"), Rule(b"zho", b"zhe"), Rule(b"cho", b"che")),
    # A run of `i` before an `e` goes, any other becomes one.
    (Rule(b"ii", b"i"),),
    (Rule(b"ie", b"e"),),
    (Rule(b"i", b"", b"bcdfgklmnprstvzhX", b"aou"),),
    (Rule(b"X", b"h"),),
)
_NO_VOWEL = b"^aeiou\n"
# The first of these that leaves more than two letters is cut.
_ENDINGS = (
    *(Rule(b"k" + ending, b"k", b"sc", b"\n") for ending in (b"i", b"a", b"aia", b"oi")),
    Rule(b"va", b"v", b"oe", b"\n"),
    Rule(b"ina", b"in", b"^\n", b"\n"),
    *(Rule(ending, b"", _NO_VOWEL, b"\n") for ending in (b"i", b"aia", b"oi")),
    *(Rule(ending, b"a", _NO_VOWEL, b"\n") for ending in (b"aia", b"aa")),
)


def skeletons(words: pa.Array) -> pa.Array:
    """`fold` of each word that `tidy` has been through; null has none and stays null."""
    if not len(words):
        return pa.array([], pa.string())
    letters, initial = _latin(lines(words))
    for step in _STEPS:
        letters = rewritten(letters, step)
    letters = _soft_io(_without_x(letters))
    for step in _LATER_STEPS:
        letters = rewritten(letters, step)
    doubled = (letters[1:] == letters[:-1]) & (letters[1:] >= ord("a"))
    folded = words_of(np.append(np.uint8(END), letters[1:][~doubled]))
    if initial.any():
        folded = pc.if_else(pa.array(initial), pc.utf8_slice_codeunits(folded, 0, 1), folded)
    return pc.if_else(pc.is_null(words), pa.scalar(None, pa.string()), folded) if words.null_count else folded


def surnames(folded: pa.Array) -> pa.Array:
    """`fold_surname` of each skeleton; null stays null."""
    letters = lines(folded)
    ends = np.flatnonzero(letters == END)
    lengths, fewer = np.diff(ends) - 1, np.zeros(len(folded), np.int64)
    for rule in _ENDINGS:
        word = np.searchsorted(ends, hits(letters, rule)) - 1
        cut = len(rule.found) - len(rule.to)
        word = word[(fewer[word] == 0) & (lengths[word] > cut + 2)]
        fewer[word] = cut
    gone = np.zeros(len(letters), bool)
    for place in (1, 2, 3):
        gone[ends[1:][fewer >= place] - place] = True
    short = words_of(letters[~gone])
    return pc.if_else(pc.is_null(folded), pa.scalar(None, pa.string()), short) if folded.null_count else short


def _latin(letters: Bytes) -> tuple[Bytes, Flags]:
    """(the Latin letters of each word, signs left out; whether it has one letter only: an initial in every script)."""
    codes = np.frombuffer(letters.tobytes().decode().encode("utf-32-le"), np.uint32)
    ends = np.flatnonzero(codes == END)
    spelt, alphabetic = _letter_table()
    near = np.minimum(codes, _FAR)
    soft = np.flatnonzero(((codes[:-1] == ord("ь")) | (codes[:-1] == ord("й"))) & (codes[1:] == ord("о")))
    counted, near[soft], near[soft + 1] = alphabetic[near], ord("ё"), 0
    latin = spelt[near]
    far = np.flatnonzero(codes >= _FAR)
    if len(far):
        distinct, which = np.unique(codes[far], return_inverse=True)
        signs = [chr(code) for code in distinct.tolist()]
        counted[far] = np.array([sign.isalpha() for sign in signs], bool)[which]
        of_signs = _padded([ascii_letters(sign) for sign in signs], latin.shape[1])
        latin = np.pad(latin, ((0, 0), (0, of_signs.shape[1] - latin.shape[1])))
        latin[far] = of_signs[which]
    flat = latin.ravel()
    return flat[flat > 0], np.add.reduceat(counted, ends[:-1], dtype=np.int32) == 1


@cache
def _letter_table() -> tuple[Bytes, Flags]:
    """(ASCII letters of each code up to `_FAR`, filled up with zeros; which codes are letters)."""
    signs = [chr(code) for code in range(_FAR)]
    spelt = ["\n" if sign == "\n" else ascii_letters(sign) for sign in signs]
    return _padded([*spelt, ""], 1), np.array([*(sign.isalpha() for sign in signs), False], bool)


def _padded(spelt: list[str], least: int) -> npt.NDArray[np.uint8]:
    """Short texts as a matrix, filled up with zeros."""
    width = max(least, *map(len, spelt))
    return np.array([text.encode() for text in spelt], f"S{width}").view(np.uint8).reshape(len(spelt), width)


def _without_x(letters: Bytes) -> Bytes:
    """`x` as `ks`."""
    is_x = letters == ord("x")
    if not is_x.any():
        return letters
    out = np.repeat(letters, 1 + is_x)
    first = np.flatnonzero(is_x)
    first += np.arange(len(first))
    out[first], out[first + 1] = ord("k"), ord("s")
    return out


def _soft_io(letters: Bytes) -> Bytes:
    """`io` and `ioi` as `e`, from left to right: the `i` that one of them ends with begins no other."""
    start = np.flatnonzero((letters[:-1] == ord("i")) & (letters[1:] == ord("o")))
    number = np.arange(len(start))
    begins = np.diff(start, prepend=-9) != 2
    start = start[(number - np.maximum.accumulate(np.where(begins, number, 0))) % 2 == 0]
    behind = start[letters[start + 2] == ord("i")] + 2
    out, gone = letters.copy(), np.zeros(len(letters), bool)
    out[start], gone[start + 1], gone[behind] = ord("e"), True, True
    return out[~gone]
