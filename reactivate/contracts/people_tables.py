"""The tables about people: who is whom, the merged card with its contacts, what is known of everybody."""

import pyarrow as pa

from reactivate.contracts.contract import DAY, MONEY, TEXT, TEXTS, Contract, col
from reactivate.contracts.source_tables import FROM

LINKS = Contract(
    "links",
    1,
    "Pairs of records that a matcher holds to be one person. Positions refer to the records table given.",
    (
        col("left!", pa.int64(), "row position of the first record, smaller than `right`"),
        col("right!", pa.int64(), "row position of the second record"),
        col("probability!", pa.float64(), "calibrated chance that both are one person, 0 to 1"),
        col("band!", TEXT, "merge: the host unites them; review: a human should look", "merge review"),
        col("reason", TEXT, "what decided, in words; null = not told"),
    ),
    key=("left", "right"),
)

MEMBERS = Contract(
    "members",
    1,
    "Which person each record is. Every record stands here exactly once.",
    (
        *FROM,
        col("person_id!", TEXT, "id given by the host, kept in the ledger"),
        col(
            "probability!",
            pa.float64(),
            "weakest link that holds the record in its person; 1 = alone or certain",
        ),
    ),
    key=("source", "record_id"),
)

PEOPLE = Contract(
    "people",
    1,
    "The merged card.",
    (
        col("person_id!", TEXT, "id given by the host"),
        col("name", TEXT, "best full name; null = none that is not junk"),
        col("first_name", TEXT, "best given name, written as a person would be addressed"),
        col("last_name", TEXT, "best family name"),
        col("patronymic", TEXT, "best patronymic"),
        col("language", TEXT, "language code; null = the business's"),
        col("city", TEXT, "city"),
        col("country", TEXT, "ISO 3166 country, from phone or card; null = the business's"),
        col("birth_date", DAY, "date of birth"),
        col("tags", TEXTS, "tags of all records; empty list = none"),
        col("records!", pa.int32(), "how many records were merged"),
        col("household", TEXT, "id shared by persons with a phone, e-mail or flat that at most eight hold"),
    ),
    key=("person_id",),
    open=True,
)

CONTACTS = Contract(
    "contacts",
    1,
    "Every phone, e-mail and postal address of every person; nothing is thrown away.",
    (
        col("person_id!", TEXT, "person"),
        col("kind!", TEXT, "kind of contact", "email phone address"),
        col("value!", TEXT, "normal form: E.164 phone, canonical e-mail, cleaned address"),
        col("display!", TEXT, "what to write to: the address as given, tidied"),
        col("good!", pa.bool_(), "may be used: valid, no placeholder, not shared by too many"),
        col("flaw", TEXT, "why it is not good: invalid, placeholder, shared …; null = good"),
        col("mobile", pa.bool_(), "phones: can take an SMS; null = not known or no phone"),
        col("persons!", pa.int32(), "how many persons hold this value"),
        col("source!", TEXT, "source it was last seen in"),
        col("last_seen_on", DAY, "last day it was seen with an order; null = never"),
        col("rank!", pa.int32(), "order of preference within person and kind, 1 = best"),
    ),
    key=("person_id", "kind", "value"),
)

SIGHTINGS = Contract(
    "sightings",
    1,
    "Where and when each contact of a person was seen: one row per record that holds it.",
    (
        col("person_id!", TEXT, "person"),
        col("kind!", TEXT, "kind of contact", "email phone address"),
        col("value!", TEXT, "normal form, as in contacts"),
        col("source!", TEXT, "source of the record"),
        col("record_id!", TEXT, "record that holds it"),
        col("display!", TEXT, "as this record gives it, tidied"),
        col("first_seen_on", DAY, "first day the record was seen with an order; null = never"),
        col("last_seen_on", DAY, "last day the record was seen with an order; null = never"),
    ),
    key=("person_id", "kind", "value", "source", "record_id"),
)

PROFILES = Contract(
    "profiles",
    1,
    "What is known and computed of a person at `as_of`. Further columns: own columns, segmenters, windows.",
    (
        col("person_id!", TEXT, "person"),
        col("orders!", pa.int32(), "paid orders up to as_of; returns are no orders"),
        col("first_order_on", DAY, "first order; null = none"),
        col("last_order_on", DAY, "last order; null = none"),
        col("since_first_order", pa.int32(), "calendar days since the first order"),
        col("since_last_order", pa.int32(), "calendar days since the last order"),
        col("rhythm", pa.float64(), "usual days between orders; null with fewer than two order days"),
        col("expected_order_on", DAY, "last order plus rhythm"),
        col(
            "overdue",
            pa.float64(),
            "days past the expected order, negative = not due yet; null without rhythm",
        ),
        col("revenue!", MONEY, "sum of paid orders, returns taken off"),
        col("avg_order", MONEY, "mean sum of an order, returns not counted; null = no order with a sum"),
        col("margin", MONEY, "revenue x margin of the category; null without `margin` in the business file"),
        col("last_category", TEXT, "category of the last order"),
        col("categories", TEXTS, "all categories bought, most recent first; empty = none known"),
        col("last_items", TEXTS, "titles of the last orders, most recent first, at most ten, no returns"),
        col("last_staff", TEXT, "who served the last order"),
    ),
    key=("person_id",),
    open=True,
)
