"""Coupons and budgets of campaigns; every method is one transaction."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
from attrs import field, frozen

from reactivate.contracts.contract import MOMENT, MONEY
from reactivate.ledger import (
    budgets,
    campaigns,
    coupons,
    lifts,
)
from reactivate.ledger.clock import micros, minor, moment
from reactivate.ledger.store import Store


@frozen
class Money:
    """What offers cost: codes that are somebody's, sums that are reserved."""

    store: Store
    secret: bytes = field(repr=False)
    now: Callable[[], datetime]

    def add_codes(self, campaign: str, offer: str, codes: Iterable[str]) -> int:
        """Fill an offer's pool; returns how many codes are free."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return coupons.add_codes(self.store, connection, self.secret, number, offer, codes)

    def reserve_code(self, pass_id: int, offer: str) -> str | None:
        """The code of this pass for this offer, the same however often asked; None when the pool is dry."""
        with self.store.write() as connection:
            return coupons.reserve_code(connection, pass_id, offer, micros(self.now()))

    def code_until(self, pass_id: int, offer: str, until: datetime) -> datetime:
        """When the code of this pass ends: as it was when handed over, else `until`, which is noted."""
        with self.store.write() as connection:
            return moment(coupons.keep_until(connection, pass_id, offer, micros(until)))

    def reserve_codes(self, wanted: Iterable[tuple[int, str]]) -> list[int]:
        """Reserve a code for each (pass, offer), all in one transaction; the passes for which the pool was dry."""
        with self.store.write() as connection:
            at, wanted = micros(self.now()), list(wanted)
            coupons.prune(connection, [pass_id for pass_id, _ in wanted[:1]])
            return [p for p, offer in wanted if coupons.reserve_code(connection, p, offer, at) is None]

    def codes(self, campaign: str, offer: str) -> tuple[int, int]:
        """How many codes of a pool are free, and how many are or were somebody's."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            if number is None:
                return 0, 0
            return coupons.free(connection, number, offer), coupons.given(connection, number, offer)

    def redeem_code(self, code: str, order_id: str | None = None, at: datetime | None = None) -> bool:
        """Note that a code came back; false when it was never given out, or came back before."""
        with self.store.write() as connection:
            return coupons.redeem(connection, self.secret, code, order_id, micros(at or self.now()))

    def set_budget(self, campaign: str, cap: Decimal, period: str = "all") -> None:
        """Cap of a campaign's spending in a period (`all`, or a month as `2026-11`)."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            budgets.set_cap(self.store, connection, number, period, cap)

    def book_offers(self, campaign: str, period: str, sums: Mapping[int, Decimal]) -> list[int]:
        """Reserve what the offer of each pass is expected to cost; the passes for which the budget did not suffice.

        Nothing is reserved twice for one pass, and a campaign without a cap is never short.
        """
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return [
                pass_id
                for pass_id, amount in sums.items()
                if not budgets.book(self.store, connection, number, period, f"pass/{pass_id}", minor(amount))
            ]

    def booked_offers(self, campaign: str) -> list[int]:
        """Passes whose offers still have money reserved."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return [] if number is None else [int(n) for n in budgets.booked(connection, number, "pass/")]

    def offer_bookings(self, campaign: str) -> pa.Table:
        """`pass_id, period, reserved, spent` (money) of every offer for which money was reserved, open or closed."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            rows = [] if number is None else budgets.bookings(connection, number, "pass/")
        names, periods, reserved, spent = list(zip(*rows, strict=True)) or [(), (), (), ()]
        sums = {"reserved": reserved, "spent": spent}
        return pa.table(
            {
                "pass_id": pa.array(map(int, names), pa.int64()),
                "period": pa.array(periods, pa.string()),
                **{name: pa.array([Decimal(one) / 100 for one in each], MONEY) for name, each in sums.items()},
            }
        )

    def settle_offers(self, campaign: str, spent: Mapping[int, Decimal]) -> None:
        """What the offers of these passes came to in the end, 0 = not used; a later word corrects an earlier one."""
        with self.store.write() as connection:
            number = campaigns.find_campaign(connection, campaign)
            if number is None:
                return
            for pass_id, amount in spent.items():
                budgets.settle_at(connection, number, f"pass/{pass_id}", minor(amount))

    def budget(self, campaign: str) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Per period: cap, reserved, spent."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return {} if number is None else budgets.state(connection, number)

    def book(self, campaign: str, ref: str, amount: Decimal, period: str = "all") -> bool:
        """Reserve money under a name, such as a pass and its offer; the same name twice is once. False: no room."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return budgets.book(self.store, connection, number, period, ref, minor(amount))

    def unbook(self, campaign: str, ref: str, spent: Decimal = Decimal(0)) -> None:
        """Close a reservation: `spent` of it was used, the rest is free again."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            budgets.unbook(connection, number, ref, spent=minor(spent))

    def codes_gone(self) -> list[str]:
        """Every code that is somebody's or was, of whichever campaign."""
        with self.store.read() as connection:
            return coupons.gone(connection)

    def open_offers(self, now: datetime) -> pa.Table:
        """`person_id, campaign, offer, until` of codes not used yet; `until` null = not handed over yet."""
        with self.store.read() as connection:
            rows = coupons.open_offers(connection, micros(now))
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        until = [None if at is None else moment(at) for at in columns[3]]
        texts = {name: pa.array(columns[i], pa.string()) for i, name in enumerate(("person_id", "campaign", "offer"))}
        return pa.table({**texts, "until": pa.array(until, MOMENT)})

    def codes_of(self, campaign: str) -> pa.Table:
        """`pass_id, pool, state, open`: codes of the passes of this campaign; open = it can still be used."""
        with self.store.read() as connection:
            return coupons.of_campaign(connection, campaign, micros(self.now()))

    def redeemed(self, campaign: str) -> pa.Array:
        """Ids of the passes of this campaign whose code has been redeemed."""
        with self.store.read() as connection:
            return lifts.redeemed(connection, campaign, self.now())
