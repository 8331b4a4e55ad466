import pyarrow as pa
from analytics.order_builders import TODAY, order, orders, people

from reactivate import analytics
from reactivate.analytics.why import why_rfm, why_stage


def told(*rows):
    table = orders(*rows)
    profiles = analytics.profile(people("anna"), table, as_of=TODAY)
    scores, stages = analytics.rfm(profiles, table, as_of=TODAY), analytics.stage(profiles, table, as_of=TODAY)
    joined = pa.table({**{n: t[n] for t in (profiles, scores, stages) for n in t.column_names}})
    row = joined.to_pylist()[0]
    return why_stage(row), why_rfm(row)


def test_reasons_are_sentences_with_the_figures():
    assert told() == ("potential: no paid order yet", "rfm is missing: no paid order")
    stage, rfm = told(order("anna", 5), order("anna", 25), order("anna", 45))
    assert stage == "active: last order 5 days ago, usual gap 20 days, 19 of 20 gaps under 31 days (3 orders)"
    assert rfm == "loyal: r 5 (last order 5 days ago), f 3 (3 orders), m 3 (300.00 in all)"
    assert told(order("anna", 5))[0] == (
        "new: last order 5 days ago, no rhythm of the person's own yet, so that of the base counts (1 order)"
    )
    assert told(order("anna", 5), order("anna", 700))[0].startswith("won_back: last order 5 days ago, after a gap")
