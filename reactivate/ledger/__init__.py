"""The ledger: SQLite by default, PostgreSQL by URL; persons, consent, passes, touches and the send protocol."""

from reactivate.ledger.bases import Manifest, Segment
from reactivate.ledger.delivery import Conditions, Verdict, deliver
from reactivate.ledger.ledger import Ledger

__all__ = ["Conditions", "Ledger", "Manifest", "Segment", "Verdict", "deliver"]
