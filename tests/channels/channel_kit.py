"""Messages and a place for channels under test."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from reactivate.contracts.messages import Message
from reactivate.host.protocols import Context

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def context(folder, name="email"):
    return Context(name, folder, ZoneInfo("Europe/Kyiv"), "UAH", lambda: NOW)


def letter(number=1, **changes):
    base = {
        "key": f"KEY{number:023d}",
        "campaign": "spring",
        "step": "hello",
        "person": f"p{number}",
        "channel": "email",
        "to": f"anna{number}@example.com",
        "subject": "Привіт, Анно",
        "text": "Добрий день!\n.крапка\n",
        "html": "<p>Добрий день!</p>",
        "fields": {"brand": "Книгарня «Сова»"},
    }
    return Message(**(base | changes))
