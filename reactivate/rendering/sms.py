"""How many parts an SMS takes: GSM 03.38 or UCS-2, single or joined (3GPP TS 23.038, 23.040)."""

from attrs import frozen

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Cost two septets, which must stay in one part."""
_FRIENDLY = str.maketrans(
    {
        "—": "-", "–": "-", "−": "-", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "`": "'",
        "…": "...", "\u00a0": " ", "\u202f": " ", "№": "N",
    }
)  # fmt: skip


@frozen
class Parts:
    """What a text takes: `units` are septets (GSM) or UTF-16 code units (UCS-2)."""

    count: int
    encoding: str
    units: int


def sms_parts(text: str) -> Parts:
    """Parts that the text is billed as; 0 for an empty text. One letter outside GSM turns the whole text into UCS-2."""
    gsm = all(char in _GSM or char in _EXTENDED for char in text)
    sizes = [2 if char in _EXTENDED else 1 for char in text] if gsm else [1 + (ord(char) > 0xFFFF) for char in text]
    single, joined = (160, 153) if gsm else (70, 67)
    units = sum(sizes)
    count = (1 if units else 0) if units <= single else _packed(sizes, joined)
    return Parts(count, "GSM" if gsm else "UCS-2", units)


def gsm_friendly(text: str) -> str:
    """The text with typographic dashes, quotes and spaces in their plain form; letters are never changed."""
    return text.translate(_FRIENDLY)


def _packed(sizes: list[int], room: int) -> int:
    """Parts when no character may be cut in two."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
