"""The tables that sources deliver: what stands in the systems of the business, and what was set aside."""

import pyarrow as pa

from reactivate.contracts.contract import DAY, MOMENT, MONEY, TEXT, TEXTS, UNIT_MONEY, Contract, col

FROM = (
    col("source!", TEXT, "name of the source in the business file"),
    col(
        "record_id!",
        TEXT,
        "id of the record within its source, or a hash of its contact fields when it has none",
    ),
)
"""The two columns by which a row names its record."""

RECORDS = Contract(
    "records",
    1,
    "One card: all rows of a source with the same id. Values as read, cleaned of edges only.",
    (
        *FROM,
        col("name", TEXT, "full name as read; null when parts are given instead"),
        col("first_name", TEXT, "given name as read"),
        col("last_name", TEXT, "family name as read"),
        col("patronymic", TEXT, "patronymic as read"),
        col("phone", TEXT, "phone cell as read, may hold several numbers"),
        col("email", TEXT, "e-mail cell as read, may hold several addresses"),
        col("address", TEXT, "postal address as read"),
        col("postcode", TEXT, "postcode as read"),
        col("comment", TEXT, "free text, searched for phones and addresses"),
        col("city", TEXT, "city as read"),
        col("country", TEXT, "country as read"),
        col("language", TEXT, "language code of the customer; null = the business's"),
        col("birth_date", DAY, "date of birth; null = unknown or placeholder"),
        col("tags", TEXTS, "tags on the card; null = none"),
        col("tax_id", TEXT, "tax number of a company"),
        col("vehicle", TEXT, "vehicle id (VIN or plate)"),
        col("first_seen_on", DAY, "first day this card appears in an order; null = never"),
        col("last_seen_on", DAY, "last day this card appears in an order; null = never"),
    ),
    key=("source", "record_id"),
)

ORDERS = Contract(
    "orders",
    1,
    "One purchase, visit or deal of a record. A negative amount is a return.",
    (
        *FROM,
        col("order_id!", TEXT, "id of the order within its source, or made from the row"),
        col("ordered_at!", MOMENT, "moment of the order, UTC"),
        col("ordered_on!", DAY, "calendar day of the order in the business's zone"),
        col("amount", MONEY, "booked sum in the currency of the business; null = not known"),
        col("paid!", pa.bool_(), "whether the status counts as paid; unpaid orders are kept, never counted"),
        col("status", TEXT, "status as read"),
        col("items", TEXTS, "titles bought, in order; null = not known"),
        col("category", TEXT, "category of the order (of its largest line)"),
        col("staff", TEXT, "who served"),
        col("vehicle", TEXT, "vehicle served"),
        col("mileage", pa.int64(), "mileage of the vehicle in km at the visit"),
        col("service", TEXT, "service done, a name under `services`"),
    ),
    key=("source", "order_id"),
)

LINES = Contract(
    "lines",
    1,
    "One line of an order. Negative quantities are returns.",
    (
        *FROM,
        col("order_id!", TEXT, "order of the line"),
        col("ordered_on!", DAY, "calendar day in the business's zone"),
        col("item", TEXT, "title or stock code"),
        col("category", TEXT, "category of the item"),
        col("quantity", pa.decimal128(18, 3), "pieces; negative = returned"),
        col("unit_price", UNIT_MONEY, "price of one piece"),
        col("amount", MONEY, "quantity x unit price, or the sum of the line as read"),
        col("is_product!", pa.bool_(), "false for postage, fees …: counted, never recommended"),
    ),
)

EVENTS = Contract(
    "events",
    1,
    "What people did, as sources and channels report it.",
    (
        col("source!", TEXT, "source or channel that reports"),
        col("record_id", TEXT, "record of that source; null when only a contact is known"),
        col("email", TEXT, "e-mail of the person, when there is no record"),
        col("phone", TEXT, "phone of the person, when there is no record"),
        col("event!", TEXT, "our word for what happened"),
        col("value", TEXT, "answer, result or sum that came with it"),
        col("at!", MOMENT, "when it happened, UTC"),
        col("event_id!", TEXT, "id unique within the source: the same event twice counts once"),
    ),
    key=("source", "event_id"),
)

CONSENTS = Contract(
    "consents",
    1,
    "Permission to write, with its proof.",
    (
        col("source!", TEXT, "source that holds the consent"),
        col("record_id", TEXT, "record of that source; null when only a contact is known"),
        col("email", TEXT, "e-mail the consent is for"),
        col("phone", TEXT, "phone the consent is for"),
        col("channel!", TEXT, "kind of channel: email, sms, call, messenger, push, ads"),
        col("purpose!", TEXT, "marketing or service"),
        col("given_on", DAY, "day it was given; null = unproven"),
        col("proof", TEXT, "where the proof lies; null = unproven"),
    ),
)

SUPPRESSIONS = Contract(
    "suppressions",
    1,
    "Refusals: stronger than any consent that is older.",
    (
        col("source!", TEXT, "source that holds the refusal"),
        col("record_id", TEXT, "record of that source; null when only a contact is known"),
        col("email", TEXT, "e-mail refused"),
        col("phone", TEXT, "phone refused"),
        col("channel!", TEXT, "kind of channel, or `all`"),
        col("refused_on", DAY, "day of the refusal"),
        col("reason", TEXT, "unsubscribe, complaint, hard bounce, do not call …"),
    ),
)

FINDINGS = Contract(
    "findings",
    1,
    "What was set aside or noticed, so that every row can be accounted for. Holds no personal values.",
    (
        col("source!", TEXT, "source"),
        col(
            "row",
            pa.int64(),
            "one-based row of the source; null = the finding is about a record or the whole",
        ),
        col("record_id", TEXT, "record the finding is about"),
        col("code!", TEXT, "short word for the kind, e.g. bad_date, no_customer, junk_name, shared_phone"),
        col("column", TEXT, "column concerned"),
        col("reason!", TEXT, "what is wrong, in words"),
        col(
            "dropped!",
            pa.bool_(),
            "true: the row is kept aside; false: the row is used, the value may not be",
        ),
        col("bad!", pa.bool_(), "true: counts against `bad_rows`; false: foreseen, only counted"),
    ),
)
