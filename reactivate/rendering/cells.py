"""Text cells of tables that people open in a spreadsheet: nothing in them may run as a formula."""

import re
import unicodedata

_STARTS = frozenset("=+-−@\t\r\n|%")
_PHONE = re.compile(r"\+?\d+")
_NOT_FOR_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def safe_cell(value: str) -> str:
    """The value with a leading `'` where a spreadsheet could take it, or a line of it, for a formula.

    Looked at after trimming, at the start and after every line break inside, full-width forms alike. Phones
    (`+` and digits only) and what begins with `'` stay as they are. Control characters are left out: XLSX holds none.
    """
    value = _NOT_FOR_XML.sub("", value)
    if value.startswith("'") or _PHONE.fullmatch(value):
        return value
    lines = re.split(r"(\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029])", value)
    return "'" + value if any(_runs(line) for line in lines[::2]) or value[:1] in _STARTS else value


def _runs(line: str) -> bool:
    """Whether a line begins like a formula once blanks and invisible characters before it are gone."""
    for char in line:
        plain = unicodedata.normalize("NFKC", char)
        if not plain.strip() or unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me"):
            continue
        return plain[0] in _STARTS
    return False
