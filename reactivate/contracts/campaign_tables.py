"""The tables of a campaign: offers weighed for each person, who does not enter and why, passes and touches."""

import pyarrow as pa

from reactivate.contracts.contract import MOMENT, MONEY, TEXT, WORD, Contract, col

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
