"""Why two records are one person or two, for people."""

from typing import Any

from reactivate.text import columns

_CARD = ("name", "phone", "email", "address", "birth_date", "city")


def as_text(told: dict[str, Any]) -> str:
    """Both cards, the fields with level and bits, what followed from them."""
    left, right = told["left"], told["right"]
    cards = [("", left["record"], right["record"])]
    cards += [(f"  {name}", left.get(name) or "–", right.get(name) or "–") for name in _CARD
              if left.get(name) or right.get(name)]  # fmt: skip
    lines = [*columns([tuple(map(_short, row)) for row in cards]), "", *_evidence(told["evidence"], told["link"])]
    return "\n".join([*lines, "", *_verdict(told)])


def link_text(link: dict[str, Any]) -> str:
    """`shop:1 – crm:2, 97%: phone equal, first equal`."""
    ends = " – ".join(f"{link[f'{side}_source']}:{link[f'{side}_record_id']}" for side in ("left", "right"))
    return f"{ends}, {_chance(link['probability'])}: {link['reason'] or 'no reason given'}"


def _evidence(found: dict[str, Any] | None, link: dict[str, Any] | None) -> list[str]:
    if found is None:
        said = link_text(link) if link else "it laid no link between them"
        return [f"This matcher does not weigh fields; {said}"]
    rows = [("field", "left", "right", "level", "bits")]
    rows += [
        (item["field"].partition(":")[2] or item["field"], _short(item["left"] or "–"), _short(item["right"] or "–"),
         item["level"] or "cannot be told", f"{item['bits']:+.2f}")
        for item in found["fields"]
    ]  # fmt: skip
    rows.append(("before any field", "", "", "", f"{found['prior_bits']:+.2f}"))
    rows.append(("in all", "", "", f"{_chance(found['probability'])} one person", f"{found['total_bits']:+.2f}"))
    return [*columns(rows, right=(4,)), "One bit doubles the odds that both are one person."]


def _verdict(told: dict[str, Any]) -> list[str]:
    left, right = told["left"], told["right"]
    lines = []
    if told["one_person"]:
        lines.append(f"They are one person, {left['person_id']}.")
        if len(told["path"]) == 1:
            lines.append(f"Joined by {link_text(told['path'][0])}")
        elif told["path"]:
            lines += ["Joined by way of others:", *(f"  {link_text(link)}" for link in told["path"])]
            lines.append(f"The weakest bridge: {link_text(told['weakest'])}")
    else:
        lines.append(f"They are two persons, {left['person_id']} and {right['person_id']}.")
        if told["link"] is not None and told["link"]["band"] == "review":
            lines.append("The pair lies in the review band: reactivate review SPEC asks about it.")
    decision = told["decision"]
    if decision is not None:
        word = "one person" if decision["same"] else "two persons"
        when = "" if decision["same"] == told["one_person"] else "; the next sync will obey"
        lines.append(f"{decision['by_whom']} decided on {decision['at'][:10]}: {word}{when}.")
    return lines


def _chance(probability: float) -> str:
    return f"{100 * probability:.3g}%"


def _short(cell: str) -> str:
    return cell if len(cell) <= 48 else cell[:47] + "…"
