"""The two functions of this package: normal forms beside the records, and the long table of contacts."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.addresses import city_key
from reactivate.normalise.columns import encode, take, text_column
from reactivate.normalise.contact_points import KINDS, all_contacts
from reactivate.normalise.dates import birth_dates
from reactivate.normalise.names import names
from reactivate.normalise.shared import judged, of_another_country

_ADDRESS_KEYS = ("n_city", "n_street", "n_house", "n_flat")


def normalised(records: pa.Table, *, region: str, any_country: bool = False) -> tuple[pa.Table, pa.Table]:
    """(`normal_records`, `contacts`) of the same records, for half the price of asking for both.

    `any_country`: where most phones are no numbers of `region`, compare their bare digits (for matching only).
    """
    # The Arrow half of each releases the interpreter lock while the other one runs.
    with ThreadPoolExecutor(2) as pool:
        found, people = pool.submit(all_contacts, records, region), names(records)
    # How a name begins tells people apart and forgives most slips of the pen; an initial is no name of its own.
    heads = [pc.utf8_slice_codeunits(people[name], 0, 3) for name in ("n_first", "n_last")]
    heads = [pc.if_else(pc.greater(pc.utf8_length(head), 1), head, pa.scalar(None, pa.string())) for head in heads]
    read = of_another_country(found.result()) if any_country else found.result()
    contacts = judged(read, heads)
    columns = {**people, **_contact_columns(contacts, records), **_other_columns(records)}
    table = records.drop_columns([name for name in columns if name in records.column_names])
    for name, values in columns.items():
        table = table.append_column(name, values)
    return table, contacts


def normal_records(records: pa.Table, *, region: str) -> pa.Table:
    """The records with their normal forms beside them, in the same order; no column is compulsory.

    `region` (ISO 3166, e.g. `UA`) reads phones without a country. Added: `n_first n_last n_patronymic` (skeletons),
    `first_display last_display patronymic_display`, `n_name_flaw`, `n_note`, `n_phone n_phones n_email n_emails` (good
    ones only), `n_city n_street n_house n_flat` (keys of the first address), `n_birth`, `n_tax_id`, `n_vehicle`.
    """
    return normalised(records, region=region)[0]


def contacts(records: pa.Table, *, region: str) -> pa.Table:
    """Every phone, e-mail and address of every record, dug out of comments as well: one row each.

    Columns `row kind value display good flaw mobile column place`; `flaw` is null where `good`. Phones on more than
    five different names and e-mails on more than three are `shared_by_many`.
    """
    return normalised(records, region=region)[1]


def _contact_columns(contacts: pa.Table, records: pa.Table) -> dict[str, pa.Array]:
    count = records.num_rows
    columns: dict[str, pa.Array] = {}
    with ThreadPoolExecutor(2) as pool:
        lists = dict(zip(KINDS, pool.map(lambda kind: _lists(contacts, kind, count), KINDS), strict=True))
    for kind in ("phone", "email"):
        columns[f"n_{kind}s"] = lists[kind]
        columns[f"n_{kind}"] = _first(lists[kind])
    keys = pc.split_pattern(_first(lists["address"]), "|")
    for place, name in enumerate(_ADDRESS_KEYS):
        part = pc.list_element(keys, place)
        columns[name] = pc.if_else(pc.equal(part, ""), pa.scalar(None, pa.string()), part)
    cities = encode(text_column(records, "city"))
    own = take(pa.array([city_key(city) for city in cities.values.to_pylist()], pa.string()), cities.codes)
    columns["n_city"] = pc.coalesce(own, columns["n_city"])
    return columns


def _lists(contacts: pa.Table, kind: str, count: int) -> pa.ListArray:
    """Different good values per record as lists, in the order of the contacts; empty list = none."""
    chosen = contacts.select(["row", "value"]).filter(pc.and_(contacts["good"], pc.equal(contacts["kind"], kind)))
    rows, values = np.asarray(chosen["row"].combine_chunks(), dtype=np.int64), chosen["value"].combine_chunks()
    first = np.diff(rows, prepend=-1) != 0
    several = np.flatnonzero(~(first & np.append(first[1:], True)))
    if len(several):
        codes = np.asarray(values.take(pa.array(several)).dictionary_encode().indices)
        _, once = np.unique((rows[several] << 32) | codes, return_index=True)
        keep = np.ones(len(rows), bool)
        keep[np.delete(several, once)] = False
        rows, values = rows[keep], values.filter(pa.array(keep))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _first(lists: pa.ListArray) -> pa.Array:
    offsets = np.asarray(lists.offsets)
    there = offsets[1:] > offsets[:-1]
    return pc.take(lists.values, pa.array(np.where(there, offsets[:-1], 0), mask=~there))


def _other_columns(records: pa.Table) -> dict[str, pa.Array]:
    days = ("birth_date", "first_seen_on", "last_seen_on")
    birth, *others = (
        records[name].combine_chunks() if name in records.column_names else pa.nulls(records.num_rows, pa.date32())
        for name in days
    )
    return {
        "n_birth": birth_dates(birth, tuple(others)),
        "n_tax_id": _plain_id(records, "tax_id", r"\D"),
        "n_vehicle": _plain_id(records, "vehicle", r"[^\p{L}\p{N}]"),
    }


def _plain_id(records: pa.Table, column: str, noise: str) -> pa.Array:
    """An identifier without blanks and signs, in upper case; fewer than five characters identify nobody."""
    cells = encode(text_column(records, column))
    plain = pc.utf8_upper(pc.replace_substring_regex(cells.values, noise, ""))
    # Number plates are written with either alphabet.
    for cyrillic, latin in zip("АВСЕНКМОРТХУ", "ABCEHKMOPTXY", strict=True):
        plain = pc.replace_substring(plain, cyrillic, latin)
    long_enough = pc.greater_equal(pc.utf8_length(plain), 5)
    return take(pc.if_else(long_enough, plain, pa.scalar(None, pa.string())), cells.codes)
