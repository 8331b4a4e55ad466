"""How plain mobile numbers are written in a country, and which digits are mobile numbers there.

Only shapes whose first reading, in the order of tries of `phones`, is surely this one; the patterns come from the
metadata of `phonenumbers`, as RE2 over the whole number without its plus.
"""

import re
from functools import cache
from itertools import product

import phonenumbers as pn
from attrs import frozen

_ABROAD = {7: ("RU", "KZ"), 380: ("UA",), 375: ("BY",)}
"""Countries whose numbers are read everywhere."""
_EARLIER = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
"""Kinds that `phonenumbers` asks for before mobile ones, in its order; fixed lines come between."""


@frozen
class Shape:
    """How a number is written: digits in all, those it begins with, how many to drop, the country code to put there."""

    digits: int
    begins: str
    drop: int
    country: int
    plus: bool = False

    @property
    def length(self) -> int:
        """National digits."""
        return self.digits - self.drop


_EVERYWHERE = (
    Shape(11, "7", 1, 7, plus=True),
    Shape(11, "7", 1, 7),
    Shape(11, "8", 1, 7),
    Shape(12, "380", 3, 380, plus=True),
    Shape(12, "375", 3, 375, plus=True),
)
_AT_HOME = {
    "RU": (Shape(10, "9", 0, 7),),
    "KZ": (Shape(10, "7", 0, 7),),
    "UA": (Shape(12, "380", 3, 380), Shape(10, "0", 1, 380)),
    "BY": (Shape(12, "375", 3, 375),),
}


@cache
def shapes(region: str) -> tuple[Shape, ...]:
    """The shapes that are read where phones without a country are those of `region` (ISO 3166)."""
    return (*_EVERYWHERE, *_AT_HOME.get(region, _derived(region)))


@cache
def mobile_patterns(region: str) -> tuple[str, str, str]:
    """(mobile numbers; those of them that are something else instead; those that may be fixed lines). Empty = none."""
    mobile = [(code, _pattern(regions, ("mobile",))) for code, regions in _ABROAD.items()]
    home = _foreign(region)
    if not home:
        return _whole(mobile), "", ""
    found = [_pattern((region,), kinds) for kinds in (("mobile",), _EARLIER, ("fixed_line",))]
    return _whole([*mobile, (home.code, found[0])]), _whole([(home.code, found[1])]), _whole([(home.code, found[2])])


def _whole(countries: list[tuple[int, str]]) -> str:
    known = [f"{code}(?:{pattern})" for code, pattern in countries if pattern]
    return f"^(?:{'|'.join(known)})$" if known else ""


def _pattern(regions: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    found = []
    for region in regions:
        data = pn.PhoneMetadata.metadata_for_region(region)
        described = [getattr(data, kind) for kind in kinds] if data else []
        found += [one.national_number_pattern for one in described if one and one.national_number_pattern]
    return "|".join(re.sub(r"\s", "", pattern) for pattern in found)


@frozen
class _Country:
    """Its calling code, national digits of a mobile number, of any number, what is dialled before and to go abroad."""

    code: int
    mobile: tuple[int, ...]
    any: tuple[int, ...]
    prefix: str | None
    abroad: str


def _foreign(region: str) -> _Country | None:
    """A country outside the table above that owns its calling code; codes that begin with 7 or 8 are read as +7."""
    data = pn.PhoneMetadata.metadata_for_region(region) if region not in _AT_HOME else None
    if not (data and data.country_code and data.general_desc and data.mobile and data.mobile.national_number_pattern):
        return None
    if str(data.country_code)[0] in "78" or pn.COUNTRY_CODE_TO_REGION_CODE[data.country_code][0] != region:
        return None
    possible = data.general_desc.possible_length
    lengths = data.mobile.possible_length or possible
    prefix = data.national_prefix_for_parsing
    return _Country(data.country_code, lengths, possible, prefix, data.international_prefix or "00")


def _derived(region: str) -> tuple[Shape, ...]:
    """+48 512 345 678, 48512345678, 512345678 and, where a 0 is dialled first, 0512345678."""
    country = _foreign(region)
    if not country:
        return ()
    code, out = str(country.code), []
    # What the library would take for a prefix, and drop, is left to it.
    firsts = [first for first in "123456789" if not (country.prefix and re.match(country.prefix, first))]
    for length, first in product(country.mobile, firsts):
        out.append(Shape(len(code) + length, code + first, len(code), country.code, plus=True))
        written = [("", True), ("0", country.prefix == "0"), (code, len(code) + length not in country.any)]
        out += [Shape(len(lead) + length, lead + first, len(lead), country.code) for lead, usual in written if usual]
    return tuple(shape for shape in out if shape.plus or not _means_more(shape, country.abroad))


def _means_more(shape: Shape, abroad: str) -> bool:
    """Whether such digits may be read in another way first: as +7, or as a call abroad."""
    led = re.compile(rf"810|00|{abroad}")
    begins = any(led.match(shape.begins + rest) for rest in ("", "0", "00", "10", "1", "11", "011"))
    return begins or (shape.digits == 11 and shape.begins[0] in "78")
