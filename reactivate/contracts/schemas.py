"""The tables between the stages. Documentation pages are generated from here."""

import pyarrow as pa

from reactivate.contracts.contract import DAY, MOMENT, MONEY, TEXT, TEXTS, UNIT_MONEY, WORD, Contract, col

_FROM = (
    col("source!", TEXT, "name of the source in the business file"),
    col(
        "record_id!",
        TEXT,
        "id of the record within its source, or a hash of its contact fields when it has none",
    ),
)

RECORDS = Contract(
    "records",
    1,
    "One card: all rows of a source with the same id. Values as read, cleaned of edges only.",
    (
        *_FROM,
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
        *_FROM,
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
        *_FROM,
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
        *_FROM,
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

CANDIDATES = Contract(
    "candidates",
    1,
    "Person x offer with the terms of expected extra profit E, each with its source; offer `none` is always there. "
    "A source is `measured` (an experiment, a holdout), `history`, `model`, `assumption` (of the spec), `constant` (of "
    "the kernels) or `stated` (a price or share that the spec gives).",
    (
        col("person_id!", TEXT, "person"),
        col("segment!", TEXT, "segment of the pass, empty = the campaign has none"),
        col("offer!", TEXT, "name of the offer, or `none`"),
        col("base_rate", pa.float64(), "p0: chance of the goal uncontacted"),
        col("base_source", WORD, "where p0 comes from"),
        col("lift", pa.float64(), "tau: extra chance when contacted; an assumed one is halved already"),
        col("lift_source", TEXT, "where the lift comes from", "measured history model assumption"),
        col("lift_low", pa.float64(), "lower end of the 80 % interval of a measured lift; null = none"),
        col("order_value", pa.float64(), "V: expected sum of the order before discount"),
        col("value_source", WORD, "where V comes from"),
        col("margin", pa.float64(), "M: margin of the expected order before discount"),
        col("margin_source", WORD, "where the margin rate comes from"),
        col("offer_cost", pa.float64(), "D: our cost of the offer on an order that uses it"),
        col("offer_source", WORD, "where D comes from"),
        col(
            "bonus_cost", pa.float64(), "B: due to staff on an order of somebody contacted; by the rate that is stated"
        ),
        col("extra_use", pa.float64(), "rn: chance that an extra buyer uses the offer"),
        col("base_use", pa.float64(), "rb: chance that somebody who would have come anyway uses it"),
        col("use_source", WORD, "where rn and rb come from"),
        col("contact_cost", pa.float64(), "c: expected cost of the contacts"),
        col("contact_source", WORD, "where the chances of c come from that a step is reached; its prices are stated"),
        col("permission_cost", pa.float64(), "u x L: chance of losing the permission times its worth"),
        col("permission_source", WORD, "where u and L come from"),
        col("brought_forward", pa.float64(), "w: share of extra orders only brought forward"),
        col("forward_source", WORD, "where w comes from"),
        col("later_margin", pa.float64(), "S: discounted margin of later orders"),
        col("later_source", WORD, "where S comes from"),
        col("expected_profit", pa.float64(), "E; null = undecided, no lift measured or assumed"),
        col("break_even_lift", pa.float64(), "lift at which E is zero; null = none exists"),
        col("largest_offer", pa.float64(), "D*: offer cost at which E is zero"),
        col("payback_orders", pa.float64(), "later orders until the money is back; 0 = the first pays, null = never"),
        col("wasted_share", pa.float64(), "part of the offers used that change nothing; null = nobody uses one"),
        col("expected_cost", pa.float64(), "c + (p0 rb + tau rn) D: what the budget is charged"),
        col("most_cost", pa.float64(), "c + D: cost with the offer used for certain"),
        col("cost_per_extra", pa.float64(), "(c + p0 rb D) / tau + rn D: spent for one extra success; null = no lift"),
        col("needed_worth", pa.float64(), "what a success must be worth for E to be zero; null = no lift known"),
        col("verdict", TEXT, "why the offer is refused; null = allowed"),
    ),
    key=("person_id", "offer"),
)

VERDICTS = Contract(
    "verdicts",
    1,
    "Why somebody who met the audience does not enter.",
    (
        col("person_id!", TEXT, "person"),
        col("reason!", TEXT, "one word: inside, cooling_off, holdout_all, unreachable, no_consent …"),
        col("detail", TEXT, "the same in a sentence"),
    ),
    key=("person_id",),
)

PASSES = Contract(
    "passes",
    1,
    "One passage of a person through a campaign.",
    (
        col("pass_id!", pa.int64(), "id in the ledger; negative = not written yet"),
        col("person_id!", TEXT, "person"),
        col("number!", pa.int32(), "1 for the first passage of this person, then 2 …"),
        col("version!", pa.int64(), "campaign version that the pass follows"),
        col("segment!", TEXT, "segment, fixed on entry; empty = the campaign has none"),
        col("arm!", TEXT, "treated or holdout", "treated holdout"),
        col("entered_at!", MOMENT, "entry"),
        col("node!", pa.int32(), "index of the node to be visited next"),
        col("part!", TEXT, "list the node belongs to", "journey after_goal"),
        col("since_at!", MOMENT, "end of the step before: waits count from here"),
        col("state!", TEXT, "inside or ended", "inside ended"),
        col("outcome", TEXT, "name under which the pass ended; null while inside"),
        col("ended_at", MOMENT, "end of the pass"),
        col("goal_at", MOMENT, "when the goal was first seen; null = not seen"),
        col("offer", TEXT, "offer chosen on entry; null = none"),
        col("cool_until", MOMENT, "end of the rest after the pass; null = none, or not decided yet"),
        col("campaign", TEXT, "campaign of the pass; null = the campaign at hand"),
    ),
    key=("pass_id",),
)

TOUCH_STATES = "planned claimed sending accepted rejected unknown suppressed skipped expired cancelled dead"

TOUCHES = Contract(
    "touches",
    1,
    "One (step, pass): planned, held, sent, skipped … exactly one terminal state in the end.",
    (
        col("pass_id!", pa.int64(), "pass"),
        col("person_id!", TEXT, "person"),
        col("step!", TEXT, "name of the step"),
        col("channel", TEXT, "channel chosen; null = none was possible"),
        col("variant", TEXT, "arm of the split; null = no split"),
        col("offer", TEXT, "offer that went with it; null = none"),
        col("state!", TEXT, "state of the send protocol", TOUCH_STATES),
        col("reason", TEXT, "why it is held or ended so"),
        col("planned_at!", MOMENT, "when the journey reached the step"),
        col("expires_at!", MOMENT, "held longer than this = expired"),
        col("done_at", MOMENT, "when the terminal state was reached"),
        col("key!", TEXT, "idempotency key"),
        col("cost", MONEY, "cost of the contact; null = not sent"),
        col("campaign", TEXT, "campaign of the pass; null = the campaign at hand"),
    ),
    key=("pass_id", "step"),
)

CONTRACTS: dict[str, Contract] = {
    value.name: value for value in list(globals().values()) if isinstance(value, Contract)
}
