"""What is read for every message is found by an index: a campaign's millionth letter costs what its first did."""

from ledger.ledger_kit import EMAIL, START, Sink, build_for, enter, mailbox, open_ledger, plan, populate
from sqlalchemy import event

from reactivate.ledger import Conditions, deliver


def test_delivery_reads_no_table_from_end_to_end(tmp_path):
    plans = {}

    def explain(connection, cursor, statement, parameters, context, many):
        if not many and statement.startswith(("SELECT", "UPDATE")) and statement not in plans:
            asking = connection.connection.cursor()
            rows = asking.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans[statement] = [row[3] for row in rows]

    with open_ledger(tmp_path) as ledger:
        ids = populate(ledger, 3)
        due = plan(ledger, enter(ledger, ids))
        event.listen(ledger.store.engine, "after_cursor_execute", explain)
        full = Conditions(cap=(5, START), at_most=(5, START))
        deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)), conditions=full)
    assert len(plans) > 10
    # A step's messages alone are too many to read: person or address must narrow them.
    slow = ("SCAN", "message_point (step_id=?)")
    assert not {told: steps for told, steps in plans.items() if any(word in step for step in steps for word in slow)}
