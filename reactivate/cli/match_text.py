"""What `reactivate match` tells a person when it is done."""

from collections.abc import Mapping
from typing import Any

from reactivate.text import counted

_KINDS = {"phone": "phone", "email": "e-mail", "address": "address", "name": "name", "birth_date": "birth date"}
_WHY = {
    "shared_by_many": "shared by many",
    "placeholder": "put in for want of a real one",
    "invalid": "not valid",
    "toll_free": "toll-free",
    "role": "of an office",
    "disposable": "disposable",
    "empty": "without letters that could be read",
    "digits": "numbers",
    "phone": "phone numbers",
    "email": "e-mail addresses",
    "url": "links",
    "unreadable": "unreadable",
}


_FIELDS = {
    "first_name": "first name",
    "last_name": "last name",
    "birth_date": "birth date",
    "email": "e-mail",
    "namesakes": "how common the name is",
    "tax_id": "tax id",
}


def said(stats: Mapping[str, Any]) -> list[str]:
    """Lines for the screen: how many people, what was compared, what was not and why, what to do next."""
    records = stats["records"]
    are = "is" if records == 1 else "are"
    lines = [f"{counted(records, 'record')} {are} {counted(stats['people'], 'person', 'people')}."]
    if stats["fields"]:
        pairs = counted(stats["candidate_pairs"], "pair")
        fields = ", ".join(_FIELDS.get(name, name) for name in stats["fields"])
        lines.append(f"Compared: {fields}; {pairs} looked at.")
    else:
        lines.append(
            "Nothing could be compared: no column with usable values bears the name of one of our fields (use --map)."
        )
    if stats["empty_columns"]:
        lines.append(f"Not compared: {', '.join(stats['empty_columns'])}, without a single value.")
    for field, held in stats["same_in_all_records"].items():
        lines.append(f"Not compared: {field}, the same in all {held:,} records that have it.")
    lines += [_values(kind, whys) for kind, whys in stats["ignored_values"].items()]
    labels = stats["model"]["calibrated_by_labels"]
    if labels:
        lines.append(f"The model learned from {counted(labels, 'decided pair')}.")
    if stats["review_links"]:
        review = counted(stats["review_links"], "pair")
        lines.append(f"{review} should be looked at by a human (--pairs FILE, band review).")
    given_up = sum(skew["given_up"] for skew in stats["given_up"])
    if given_up:
        lines.append(
            f"At most {counted(given_up, 'pair')} in crowded blocks were not compared (--stats FILE: given_up)."
        )
    if stats["ignored_columns"]:
        lines.append(f"Not compared: {', '.join(stats['ignored_columns'])} (use --map or --field).")
    return lines


def _values(kind: str, whys: Mapping[str, int]) -> str:
    """`Ignored phones: 12 shared by many, 3 not valid.`"""
    noun = _KINDS.get(kind, kind)
    plural = counted(2, noun, "addresses" if noun == "address" else None).removeprefix("2 ")
    return f"Ignored {plural}: {', '.join(f'{count:,} {_WHY.get(why, why)}' for why, count in whys.items())}."
