"""Made-up customers for the checks: Cyrillic and Latin, doubles, gaps, returns."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate import analytics, economics, normalise
from reactivate.contracts.messages import Message
from reactivate.contracts.schemas import ORDERS, RECORDS
from reactivate.host.protocols import Terms

AS_OF = date(2026, 11, 2)
ORDER_VALUES = pa.array([45.0, 200.0, 0.0, None, 1e7, 0.01])
_NAMES = ("Наталья Терехина", "Наталія Терьохіна", "Oleh Koval", "Ганна Їжак", "Zoë Ødegård", "Иван Иванов", None)
_ITEMS = ("Кобзар", "Dune", "Сто лет одиночества", "Пан Тадеуш", None)


@cache
def records(count: int = 60) -> pa.Table:
    """Cleaned records with normal forms beside them, as a matcher gets them; every third is a double."""
    who = [number - (number % 3 == 2) for number in range(count)]
    raw = RECORDS.table(
        source=["shop" if number % 2 else "crm" for number in range(count)],
        record_id=[f"r{number}" for number in range(count)],
        name=[_NAMES[one % len(_NAMES)] for one in who],
        phone=[None if one % 5 == 0 else f"+38050{1000000 + one}" for one in who],
        email=[
            None if one % 4 == 0 else f"клиент{one}@example.com" if one % 7 == 0 else f"c{one}@example.com"
            for one in who
        ],
        city=["Київ" if one % 2 else None for one in who],
        birth_date=[date(1980, 1, 1) + timedelta(one) if one % 6 else None for one in who],
        first_seen_on=[date(2025, 1, 1) + timedelta(number) for number in range(count)],
        last_seen_on=[date(2025, 3, 1) + timedelta(number) for number in range(count)],
    )
    return normalise.normal_records(raw, region="UA")


@cache
def orders(people: int = 40) -> pa.Table:
    """Orders with `person_id`: regular, rare and single buyers, a return, unknown sums, unpaid ones."""
    rows = []
    for who in range(people):
        for number in range(who % 8):
            day = AS_OF - timedelta(days=5 * (who % 9) + (20 + who) * number)
            rows.append((who, number, day))
    moments = [datetime.combine(day, time(9 + who % 9), UTC) for who, _, day in rows]
    table = ORDERS.table(
        source=["shop"] * len(rows),
        record_id=[f"r{who}" for who, _, _ in rows],
        order_id=[f"o{who}-{number}" for who, number, _ in rows],
        ordered_at=pa.array(moments, pa.timestamp("us", tz="UTC")),
        ordered_on=[day for _, _, day in rows],
        amount=pa.array([_amount(who, number) for who, number, _ in rows]).cast(pa.decimal128(18, 2)),
        paid=[(who + number) % 11 != 0 for who, number, _ in rows],
        items=[[item] if (item := _ITEMS[(who + number) % len(_ITEMS)]) else None for who, number, _ in rows],
        category=["книги" if who % 3 else None for who, _, _ in rows],
    )
    return table.append_column("person_id", pa.array([f"p{who}" for who, _, _ in rows], pa.string()))


@cache
def profiles(people: int = 40) -> pa.Table:
    """Profiles of the buyers above, and of some who never bought."""
    ids = pa.table({"person_id": pa.array([f"p{who}" for who in range(people + 5)], pa.string())})
    return analytics.profile(ids, orders(people), as_of=AS_OF, timezone="Europe/Kyiv")


@cache
def candidates(people: int = 40) -> pa.Table:
    """Person x offer with sums: good ones, hopeless ones, undecided ones."""
    sums = {
        "ten": economics.OfferSums(lift=0.2, lift_source="measured", cost=5.0),
        "подарок": economics.OfferSums(lift=None, cost=30.0),
    }
    numbers = range(people)
    table = pa.table(
        {
            "person_id": [f"p{who}" for who in numbers],
            "base_rate": pa.array([None if who % 9 == 0 else 0.01 * (who % 30) for who in numbers], pa.float64()),
            "order_value": pa.array([None if who % 10 == 0 else 12.0 + who for who in numbers], pa.float64()),
            "margin": pa.array([None if who % 10 == 0 else 4.0 + who / 3 for who in numbers], pa.float64()),
            "contact_cost": [0.01] * people,
        }
    )
    return economics.candidates(table, sums)


@frozen
class PlainOffer:
    """An offer that costs one unit of money and needs no code: what bundles are made of."""

    gives: str = "подарок"

    @property
    def terms(self) -> Terms:
        return Terms(gives=self.gives)

    def cost(self, order_value: pa.Array) -> pa.Array:
        return pa.array([1.0] * len(order_value), pa.float64())

    def codes(self) -> None:
        return None


def messages(reaches: str) -> list[Message]:
    """Six finished messages for one kind of address: Cyrillic, emoji, line ends, quotes, a very long text."""
    texts = ("Добрий день!\n.крапка\n", "Hello", '😀 «цитата», "quotes"; semicolons', "x" * 50_000, "a\r\nb", "=1+1")
    return [_message(number, reaches, text) for number, text in enumerate(texts)]


def cut(table: pa.Table, rows: int) -> pa.Table:
    """The same table in batches of so many rows."""
    return pa.Table.from_batches(table.combine_chunks().to_batches(max_chunksize=rows), table.schema)


def nulls(table: pa.Table) -> pa.Table:
    """The table with every cell empty that its contract lets be empty."""
    columns = [
        column if field.name in _KEYS or not field.nullable else pa.nulls(table.num_rows, field.type)
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return pa.table(columns, schema=table.schema)


_KEYS = frozenset({"person_id", "source", "record_id", "order_id", "offer"})


def turned(table: pa.Table) -> pa.Table:
    """The rows in another order: from the last to the first."""
    return table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64()))


def rows_of(table: pa.Table, *by: str) -> list[dict[str, Any]]:
    """The rows as dicts, in the order of the key columns, so that tables can be compared."""
    if not table.num_rows:
        return []
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in by])
    found: list[dict[str, Any]] = table.take(order).to_pylist()
    return found


def _amount(who: int, number: int) -> str | None:
    return None if number == 3 else f"{-10 if number == 2 and who % 4 == 0 else 20 + 3 * who + number}.50"


def _message(number: int, reaches: str, text: str) -> Message:
    email = reaches == "email"
    return Message(
        f"CHECK{number:021d}",
        "checked",
        "hello",
        f"p{number}",
        "checked",
        f"anna{number}@example.com" if email else f"+38050123456{number}",
        text,
        subject="Привіт, Анно" if email else None,
        html="<p>Привіт</p>" if email else None,
        language="uk",
        at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        fields={"brand": "Книгарня «Сова»"},
    )
