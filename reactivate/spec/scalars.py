"""Scalars read by the type that their field declares; never guessed from their look: the table of types and readers."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

from reactivate.contracts.settings import Name, Points, Share, Text
from reactivate.contracts.values import Duration, Hours, Money, Price, Rate, Secret
from reactivate.spec import kinds
from reactivate.spec.read_amounts import (
    fraction,
    number,
    rate,
    read_count,
    read_money,
    read_of_margin,
    read_orders,
    read_price,
)
from reactivate.spec.read_places import as_language, as_zone, listed, read_address, read_path, read_secret
from reactivate.spec.read_times import read_date, read_duration, read_hours, read_time
from reactivate.spec.read_words import (
    read_bool,
    read_either,
    read_name,
    read_plain,
    read_rule,
    read_template,
    read_text,
)
from reactivate.spec.reading import NAME, NUMBER, READERS, SWITCHES, Around, Reader, Unreadable, shown
from reactivate.spec.units import CURRENCIES, LANGUAGES, zones

__all__ = ["READERS", "Around", "Reader", "Unreadable", "shown"]

_PER_TIME = r" per (day|week|month|\d+(min|h|d))"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_NAME_ONLY = f"^(?!({'|'.join(sorted(SWITCHES))})$){NAME.pattern}$"
_UP_TO_100 = r"(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)"
_A_RATE = "a rate such as 60 per day or 3 per 30d"
_SUM = rf"{NUMBER} [A-Z]{{3}}"

READERS.update(
    {
        Text: Reader(read_text, "text in double quotes", "R211"),
        str: Reader(read_plain, "a word or text", "R202"),
        Name: Reader(read_name, "a name: small Latin letters, digits and _, at most 40", "R212", _NAME_ONLY),
        kinds.Template: Reader(read_template, "the name of a text file without .md", "R212", r"^[\w-]{1,80}$"),
        kinds.Either: Reader(
            read_either, "a name, or names joined by 'or'", "R217", r"^[a-z][a-z0-9_]*( or [a-z][a-z0-9_]*)*$"
        ),
        Duration: Reader(read_duration, "a duration such as 14d, 48h or 30min", "R204", r"^\d{1,6}(min|h|d)$"),
        Share: Reader(fraction(Share, "%", 1), "a share such as 15%", "R205", rf"^{_UP_TO_100}%$"),
        Points: Reader(fraction(Points, "pp", 1), "percentage points such as 3pp", "R205", rf"^{_UP_TO_100}pp$"),
        Money: Reader(read_money, "money such as 500 RUB", "R206", rf"^{_SUM}$"),
        Price: Reader(read_price, "a price such as 0.90 UAH or 0.90 UAH per part", "R206", rf"^{_SUM}( per part)?$"),
        Rate: Reader(rate(Rate, None, False), _A_RATE, "R206", rf"^.+{_PER_TIME}$"),
        kinds.CountRate: Reader(rate(kinds.CountRate, False, False), _A_RATE, "R206", rf"^\d+{_PER_TIME}$"),
        kinds.People: Reader(
            rate(kinds.People, False, True),
            "people such as 400 per week, or 400 in all",
            "R206",
            rf"^\d+({_PER_TIME})?$",
        ),
        kinds.Budget: Reader(
            rate(kinds.Budget, True, True),
            "money such as 3000 USD or 3000 USD per month",
            "R206",
            rf"^{_SUM}({_PER_TIME})?$",
        ),
        date: Reader(read_date, "a date such as 2026-12-01", "R208", r"^\d{4}-\d\d-\d\d$"),
        time: Reader(read_time, "a time such as 11:00", "R208", rf"^{_CLOCK}$"),
        Hours: Reader(read_hours, "hours such as 09:00-21:00", "R208", rf"^{_CLOCK}-({_CLOCK}|24:00)$"),
        int: Reader(read_count, "a whole number such as 3", "R209", r"^\d{1,12}$"),
        float: Reader(number(float, float), "a number such as 1.5", "R209", rf"^-?{NUMBER}$"),
        Decimal: Reader(number(Decimal, Decimal), "a number such as 1.5", "R209", rf"^-?{NUMBER}$"),
        bool: Reader(read_bool, "true or false", "R209", "^(true|false)$"),
        kinds.OrderCount: Reader(read_orders, "a number of orders such as 2 orders", "R209", r"^[1-9]\d{0,2} orders?$"),
        kinds.OfMargin: Reader(
            read_of_margin, "a part of the margin such as 5% of margin", "R205", rf"^{_UP_TO_100}% of margin$"
        ),
        Secret: Reader(read_secret, "env:NAME or file:path", "R213", r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$"),
        Path: Reader(read_path, "a path", "R215"),
        kinds.Zone: Reader(listed(kinds.Zone, zones, as_zone), "a time zone such as Europe/Kyiv", "R214"),
        kinds.Currency: Reader(
            listed(kinds.Currency, lambda: CURRENCIES, str.upper), "a currency code such as UAH", "R214", "^[A-Z]{3}$"
        ),
        kinds.Language: Reader(
            listed(kinds.Language, lambda: LANGUAGES, as_language), "a language code such as uk", "R214", "^[a-z]{2}$"
        ),
        kinds.Address: Reader(read_address, "a web address such as https://r.shop.example", "R214", "^https?://"),
        kinds.Rule: Reader(read_rule, "a rule such as orders >= 2", "R410"),
    }
)
