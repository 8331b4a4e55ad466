"""Versions of campaigns, approvals, starting points; every method is one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
from attrs import frozen

from reactivate.contracts.nodes import NodeTable
from reactivate.ledger import (
    approvals,
    campaigns,
    lifts,
    strata,
)
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store


@frozen
class Campaigns:
    """The files that campaigns ran by, who approved them, and what they started from."""

    store: Store
    now: Callable[[], datetime]

    def campaign_version(self, name: str, spec_hash: str, nodes: Mapping[str, str], spec_json: str) -> int:
        """Number of this version of a campaign; `nodes`: node table as JSON per segment."""
        with self.store.write() as connection:
            return campaigns.version_of(self.store, connection, name, spec_hash, nodes, spec_json, self.now())

    def node_tables(self, version: int) -> dict[str, NodeTable]:
        """The journeys of a version, per segment."""
        with self.store.read() as connection:
            return campaigns.node_tables(connection, version)

    def approve(self, campaign: str, spec_hash: str, ceilings_json: str, valid_until: datetime, by_whom: str) -> None:
        """Write down that this version of a campaign may run, up to these ceilings and this moment."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            given = approvals.Approved(spec_hash, ceilings_json, self.now(), valid_until, by_whom)
            approvals.approve(connection, number, campaign, given)

    def last_approval(self, campaign: str) -> approvals.Approved | None:
        """The newest approval of a campaign; None when nobody approved it."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return None if number is None else approvals.last_approval(connection, number)

    def done(self, campaign: str) -> approvals.Done:
        """What a campaign has done in all, over every version: what its ceilings are checked against."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return approvals.Done(0, {}, Decimal(0)) if number is None else approvals.done(connection, number)

    def put_baseline(self, campaign: str, figures: Mapping[tuple[str, str, str], tuple[float, int]]) -> None:
        """Keep the starting point: (metric, arm, period) -> (value, people); written once, never changed."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            approvals.put_baseline(self.store, connection, number, figures, micros(self.now()))

    def baseline(self, campaign: str) -> dict[tuple[str, str, str], tuple[float, int]]:
        """The starting point of a campaign; empty when none was taken."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return {} if number is None else approvals.baseline(connection, number)

    def taught(self) -> pa.Table:
        """Goals reached per campaign, version, segment, offer and arm, of passes whose window is over (`lifts`)."""
        with self.store.read() as connection:
            return lifts.taught(connection, self.now())

    def strata(self, campaign: str) -> pa.Table:
        """`pass_id, stratum` of the passes whose lot was stratified (`strata`)."""
        with self.store.read() as connection:
            return strata.of_campaign(connection, campaign)

    def used(self) -> pa.Table:
        """Codes used per campaign, segment and offer, of passes whose window is over (`lifts`)."""
        with self.store.read() as connection:
            return lifts.used(connection, self.now())
