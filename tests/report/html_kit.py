"""A report as `measure` makes it: the bookshop after sixty days."""

from datetime import date, timedelta
from typing import Any


def _day(at: int) -> dict[str, Any]:
    day = date(2026, 11, 2) + timedelta(days=at)
    letters = 1480 if at == 0 else 60 if at in (1, 2) else 0
    sms = {7: 640, 8: 210}.get(at, 0)
    calls = 40 if 12 <= at <= 26 and day.weekday() < 5 else 0
    answers = int(210 * 0.72**at) + (int(90 * 0.6 ** (at - 7)) if at >= 7 else 0) + (11 if calls else 0)
    return {
        "day": day.isoformat(), "email": letters, "sms": sms, "call": calls, "answers": answers,
        "refusals": 14 if at == 0 else 5 if at == 7 else 1 if calls else 0, "goals": answers * 9 // 10,
    }  # fmt: skip


def plan() -> dict[str, Any]:
    return {
        "format": "plan/1", "campaign": "bookshop_permission", "brand": "Книгарня «Сорока»", "spec": "campaign.yml",
        "spec_hash": "9f2c11d0", "as_of": "2027-01-01", "now": "2027-01-01T09:00:00+02:00", "currency": "UAH",
        "purpose": "permission", "policy": {"pack": "ua", "date": "2026-06-01"},
        "ledger": {"place": ".reactivate/ledger.db", "key_id": "k7"},
        "base": {"id": "b12", "synced_at": "2027-01-01T08:55:00+02:00", "age_hours": 0.1},
        "plugins": [{"name": "source.csv", "distribution": "reactivate", "version": "0.1.0"}],
        "sources": [
            {"name": "shop", "rows": 9120, "records": 3180, "orders": 8944},
            {"name": "delivery", "rows": 820, "records": 820, "orders": 0},
        ],
        "findings": [
            {"code": "R632", "count": 61, "dropped": 0, "reason": "names that are no names"},
            {"code": "R635", "count": 118, "dropped": 0, "reason": "e-mail addresses that nobody can have"},
        ],
        "people": {"records": 4000, "people": 3718, "duplicates": 0.0705},
        "reach": {
            "post": {"people": 2104, "why": {"no_consent": 744, "no_address": 610, "bad_address": 198, "refused": 62}},
            "sms": {"people": 2611, "why": {"no_consent": 801, "no_address": 306}},
            "desk": {"people": 3020, "why": {"no_address": 698}},
            "any": {"people": 3290, "why": {}},
        },
        "rfm": [
            {"r": r, "f": f, "people": 20 + 37 * ((r * f * 7) % 11) + (6 - f) * 30, "revenue": 900.0 * r * f * f * 17}
            for r in range(1, 6) for f in range(1, 6) if (r, f) != (5, 2)
        ],
        "audience": {"people": 1902, "undecided": {"since_last_order": 14}},
        "left_out": [
            {"reason": "unreachable", "people": 88, "detail": "no channel of the journey can reach them"},
            {"reason": "inside", "people": 31, "detail": "already inside this campaign"},
        ],
        "reachable": 1783, "entrants": {"people": 1783, "treated": 1604},
        "holdout": {"people": 179, "share": 0.1, "households": 171}, "segments": [],
        "steps": [{"step": "thanks_for_books", "verb": "send", "channels": ["post"], "at_most": 1604, "cost_at_most": 0.0, "rule": None}],
        "base_rate": {
            "people": 1811, "returned": 138, "rate": 0.0762, "low": 0.0649, "high": 0.0893, "window_days": 45,
            "looked_at": "2026-11-17", "until": "2027-01-01", "left_out": 9, "without_history": ["topics"], "unknown": None,
        },
        "offers": [], "smallest_lift": 0.071,
        "smallest_lift_said": "with this audience and holdout, a lift of 7.1pp or more can be told from chance",
        "cost": {"at_most": 2145.6, "offers_at_most": 0.0, "currency": "UAH"}, "figures": {"people": 3718},
        "gates": [{"rule": "audience >= 300", "value": "audience 1,902", "passed": True}], "remarks": [],
        "samples": [
            {"step": "thanks_for_books", "channel": "post", "to": "н…я@gmail.com", "subject": "Дякуємо за книжки",
             "text": "Наталіє, дякуємо!\n\nВи замовляли «Тигролови».\nПро що вам писати?"},
            {"step": "thanks_for_books", "channel": "post", "to": "о…г@ukr.net", "subject": "Дякуємо за книжки", "text": "…"},
            {"step": "short_note", "channel": "sms", "to": "+380…67", "subject": None, "text": "Про що вам писати? r.soroka.example/a"},
        ],
        "ceilings": {},
    }  # fmt: skip


def report() -> dict[str, Any]:
    return {
        "format": "report/1", "plan": plan(), "as_of": "2027-01-01", "campaign": "bookshop_permission",
        "brand": "Книгарня «Сорока»", "currency": "UAH", "started_on": "2026-11-02",
        "goal": {"event": "answered_topics", "within_days": 45.0, "follow_days": 90.0},
        "funnel": [
            {"name": "doubles found", "people": 282, "of": "records", "of_people": 4000, "share": 0.0705},
            {"name": "entered and treated", "people": 1604, "of": "people", "of_people": 3718, "share": 0.4314},
            {"name": "thanks_for_books: handed over", "people": 1600, "of": "treated", "of_people": 1604, "share": 0.9975},
            {"name": "thanks_for_books: then reached the goal", "people": 512, "of": "who got thanks_for_books", "of_people": 1600, "share": 0.32},
            {"name": "short_note: then reached the goal", "people": 144, "of": "who got short_note", "of_people": 850, "share": 0.1694},
            {"name": "confirm_contacts: then reached the goal", "people": 121, "of": "who got confirm_contacts", "of_people": 440, "share": 0.275},
            {"name": "reached the goal", "people": 777, "of": "treated", "of_people": 1604, "share": 0.4844},
            {"name": "refused", "people": 41, "of": "treated", "of_people": 1604, "share": 0.0256},
            {"name": "unreachable", "people": 212, "of": "treated", "of_people": 1604, "share": 0.1322},
        ],
        "outcomes": [
            {"outcome": "goal", "treated": 777, "holdout": 4}, {"outcome": "refused", "treated": 41, "holdout": 0},
            {"outcome": "unreachable", "treated": 212, "holdout": 0}, {"outcome": "finished", "treated": 574, "holdout": 175},
        ],
        "steps": [
            {"step": "thanks_for_books", "verb": "send", "channel": "post", "planned": 1604, "accepted": 1600, "rejected": 0,
             "unknown": 0, "skipped": 4, "expired": 0, "suppressed": 0, "cancelled": 0, "dead": 0, "open": 0,
             "delivered": 1541, "clicked": 590, "answered": 512, "bounced": 59, "cost": 0.0},
            {"step": "short_note", "verb": "send", "channel": "sms", "planned": 1002, "accepted": 850, "rejected": 0,
             "unknown": 1, "skipped": 151, "expired": 0, "suppressed": 0, "cancelled": 0, "dead": 0, "open": 0,
             "delivered": 850, "clicked": 160, "answered": 144, "bounced": 0, "cost": 765.0},
            {"step": "confirm_contacts", "verb": "call", "channel": "desk", "planned": 440, "accepted": 440, "rejected": 0,
             "unknown": 0, "skipped": 0, "expired": 0, "suppressed": 0, "cancelled": 0, "dead": 0, "open": 12,
             "delivered": 440, "clicked": 0, "answered": 121, "bounced": 0, "cost": 1320.5},
        ],
        "skipped": [
            {"step": "short_note", "reason": "no_consent", "people": 120}, {"step": "short_note", "reason": "shared_address", "people": 31},
            {"step": "thanks_for_books", "reason": None, "people": 4},
        ],
        "results": [
            {"step": "confirm_contacts", "result": "interested", "people": 121},
            {"step": "confirm_contacts", "result": "wrong_number", "people": 66},
            {"step": "confirm_contacts", "result": "no_answer", "people": 241},
        ],
        "timeline": [_day(at) for at in range(45)],
        "lift": {
            "treated": 1604, "treated_reached": 777, "treated_rate": 0.4844, "holdout": 179, "holdout_reached": 4,
            "holdout_rate": 0.0223, "difference": 0.4621, "low": 0.4221, "high": 0.4878, "p_value": 1e-31,
            "said": "777 of 1,604 treated and 4 of 179 left alone (0.9% to 5.6%) reached the goal: +46.2pp (+42.2 to +48.8); that is more than chance",
        },
        "money": {
            "contact_cost": 2085.5, "offer_cost": 0.0, "revenue_treated": 184250.0, "revenue_holdout": 15110.0,
            "margin_per_treated": None, "margin_per_holdout": None, "currency": "UAH",
            "rows": [
                {"name": "orders", "treated": 402.0, "holdout": 33.0, "per_person_difference": 0.0663},
                {"name": "revenue", "treated": 184250.0, "holdout": 15110.0, "per_person_difference": 30.45},
                {"name": "margin", "treated": None, "holdout": None, "per_person_difference": None},
            ],
        },
        "answers": [
            {"question": "topics", "word": "detective", "label": "Детективы", "people": 318},
            {"question": "topics", "word": "history", "label": "История", "people": 260},
            {"question": "topics", "word": "children", "label": "Детям", "people": 199},
        ],
        "glossary": [
            {"word": "holdout", "meaning": "people who qualified and were left alone by lot, so that the effect can be seen"},
            {"word": "lift", "meaning": "difference between treated and holdout in the share that reached the goal"},
        ],
    }  # fmt: skip
