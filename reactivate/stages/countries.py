"""The country of a person, from the best phone."""

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.tables import whole


def countries(contacts: pa.Table, people: pa.Array) -> pa.Array:
    """ISO 3166 per person, from the first good phone (CONTACTS); null without one or where a code has no country."""
    best = pc.and_(pc.equal(contacts["rank"], 1), contacts["good"])
    first = contacts.filter(pc.and_(pc.equal(contacts["kind"], "phone"), best))
    found = _of_phones(whole(first["value"]))
    return found.take(pc.index_in(people, value_set=whole(first["person_id"])))


def _of_phones(phones: pa.Array) -> pa.Array:
    """Calling codes are prefix-free, so one of the first one to three digits is the code, or none is."""
    codes, names = _codes()
    places = [pc.index_in(pc.utf8_slice_codeunits(phones, 1, 1 + width), value_set=codes) for width in (3, 2, 1)]
    country = names.take(pc.coalesce(*places))
    # Kazakhstan shares +7 with Russia: 6xx and 7xx are its.
    kazakh = pc.match_substring_regex(phones, r"^\+7[67]")
    return pc.if_else(pc.fill_null(kazakh, False), "KZ", country)


@lru_cache(maxsize=1)
def _codes() -> tuple[pa.Array, pa.Array]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    main = {str(code): regions[0] for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != "001"}
    return pa.array(main), pa.array(main.values())
