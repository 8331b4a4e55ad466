"""A vocabulary and rows for the rule tests: the ordinary mess."""

from reactivate.rules.types import Kind, Name, Vocabulary

RFM = frozenset(["champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost"])
OWN = Vocabulary(
    [
        Name("orders", Kind.COUNT, windowed=True),
        Name("expected_orders", Kind.COUNT, needs_window=True),
        Name("r", Kind.COUNT),
        Name("revenue", Kind.MONEY, windowed=True),
        Name("avg_order", Kind.MONEY),
        Name("chance_alive", Kind.SHARE),
        Name("smallest_lift", Kind.POINTS),
        Name("since_last_order", Kind.DURATION),
        Name("rhythm", Kind.DURATION),
        Name("overdue", Kind.DURATION),
        Name("last_order_on", Kind.DATE),
        Name("first_order_on", Kind.DATE),
        Name("rfm", Kind.TEXT, words=RFM),
        Name("city", Kind.TEXT),
        Name("tags", Kind.LIST),
        Name("topics", Kind.LIST, words=frozenset({"поэзия", "history"})),
        Name("can_sms", Kind.YESNO),
        Name("can_email", Kind.YESNO),
        Name("ordered", Kind.YESNO, moment=True),
        Name("thanks.sent", Kind.YESNO, moment=True),
        Name("thanks.opened", Kind.YESNO, moment=True, caution="robots open letters: prefer thanks.clicked"),
        Name("thanks.clicked", Kind.YESNO, moment=True),
        Name("thanks.answer", Kind.TEXT, words=frozenset({"stay", "pause"}), moment=True),
        Name("good.email", Kind.SHARE),
    ],
    {"segment": "it is known only after `segments`", "late.sent": "only below the step"},
)
