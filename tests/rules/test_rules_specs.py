"""Every rule in the example campaigns reads and types."""

import re
from pathlib import Path

import pytest
from rules.rules_kit import OWN

from reactivate.rules.check import read
from reactivate.rules.parse import parse
from reactivate.rules.types import Kind, Name
from reactivate.rules.write import write

SPECS = Path(__file__).parents[2].parent / "shared" / "design" / "specs"
NAMES = ["segment", "rfm", "stage", "city", "language", "last_category", "due_service", "why"]
WIDE = OWN.plus(
    *(Name(name, Kind.TEXT) for name in NAMES),
    *(Name(f"since_{name}", Kind.DURATION) for name in ("why", "last_touch", "last_click")),
    Name("until_service", Kind.DURATION),
    Name("expected_value", Kind.MONEY),
    Name("booked", Kind.YESNO, moment=True),
    Name("answered_topics", Kind.YESNO, moment=True),
    *(Name(name, Kind.COUNT) for name in ("audience", "people")),
    *(Name(name, Kind.SHARE) for name in ("good.phone", "duplicates", "junk.name", "good.any", "reach.any")),
)
_STEP = {"answer": Kind.TEXT, "result": Kind.TEXT, "variant": Kind.TEXT, "offer": Kind.TEXT}


def rules_in(text):
    """Rules by the keys that hold them; crude, the spec's own reader is tested elsewhere."""
    keys = r"(?:if|or_until|event|audience|premium|champions|at_risk|one_time|asleep)"
    for found in re.finditer(rf"(?<![\w]){keys}: ([^\n{{}}#]+?)(?=[}}\n#]|, within)", text):
        yield found[1].strip()
    for found in re.finditer(r"^(?:audience|expect):\n((?:  - .*\n)+)", text, re.M):
        yield from (re.split(r"\s+#", line[4:])[0].strip() for line in found[1].splitlines())


@pytest.mark.shared
@pytest.mark.skipif(not SPECS.is_dir(), reason="needs ../shared/design/specs")
def test_all_rules_of_the_example_campaigns():
    seen = 0
    for path in sorted(SPECS.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        for rule in rules_in(text):
            if re.match(r"\d+%", rule) or not rule:
                continue
            scope = WIDE
            for step, fact in re.findall(
                r"(\w+)\.(sent|delivered|opened|clicked|answered|answer|result|variant|offer)", rule
            ):
                kind = _STEP.get(fact, Kind.YESNO)
                kind = Kind.COUNT if fact == "answer" and ">=" in rule else kind
                scope = scope.plus(Name(f"{step}.{fact}", kind, moment=True))
            typed, found = read(rule, scope, currency="PLN" if "fashion" in path.name or "moda" in path.name else "RUB")
            currency = re.search(r"\b[0-9]+ ([A-Z]{3})\b", rule)
            if currency and typed is None:
                typed, found = read(rule, scope, currency=currency[1])
            assert typed is not None, (path.name, rule, found)
            assert parse(write(typed.ast))[0].root == typed.ast.root
            seen += 1
    assert seen >= 55
