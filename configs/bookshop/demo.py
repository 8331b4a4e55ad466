"""Sixty days of the bookshop in a minute: real runs on a fake clock, letters into files, answers drawn and imported.

    python configs/bookshop/demo.py .demo

Everything lies in the folder named: a copy of the campaign, its ledger, letters, lists, the report and demo.json.
Called again it goes on with the same ledger. The campaign never sees the truth; only the score at the end does.
"""

import json
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import answers  # noqa: E402
import score  # noqa: E402

CASE = {
    "thanks_for_books: handed over": "got the letter",
    "thanks_for_books: then reached the goal": "agreed after the letter",
    "look_in_your_mailbox: handed over": "got the SMS",
    "look_in_your_mailbox: then reached the goal": "agreed after the SMS",
    "confirm_contacts: handed over": "were put on the call list",
    "confirm_contacts: then reached the goal": "agreed after the call",
    "reached the goal": "agreed in all",
    "silent": "stayed silent",
    "unreachable": "reached by no channel",
    "who got thanks_for_books": "who got the letter",
    "who got look_in_your_mailbox": "who got the SMS",
    "who got confirm_contacts": "who were called",
}
"""The rows of the funnel, and what their shares are of, in the words of the case."""
KYIV = ZoneInfo("Europe/Kyiv")
START = datetime(2026, 11, 2, 10, 0, tzinfo=KYIV)
DAYS = 60


def main(folder: Path) -> None:
    from reactivate.cli.progress import Progress

    began = time.monotonic()
    shop = prepare(folder)
    progress = Progress()
    fresh = not (shop / ".reactivate" / "ledger.db").exists()
    days = range(DAYS + 1) if fresh or not (folder / "demo.json").exists() else range(DAYS, DAYS + 1)
    sent = 0
    approve(shop, START + timedelta(days=days[0]))
    # Once nobody is on the way any more only the holdout waits: then the demo looks in once a week.
    under_way = True
    for day in progress.track(days, "sixty days", len(days)):
        if under_way or day % 7 == 0 or day == DAYS:
            now_sent, under_way = one_day(shop, START + timedelta(days=day))
            sent += now_sent
    figures = finish(folder, shop)
    (folder / "demo.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    tell(folder, figures, sent, time.monotonic() - began, fresh)


def prepare(folder: Path) -> Path:
    """A copy of this example in `folder`, made once."""
    shop = folder / "bookshop"
    if not shop.exists():
        for name in ("business.yml", "campaign.yml", "templates", "data"):
            source = HERE / name
            target = shop / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)
        (shop / "data" / "truth.csv").unlink(missing_ok=True)
    return shop


def approve(shop: Path, moment: datetime) -> None:
    """Read the sources and plan, once a call: what the runs may do is what this plan says."""
    from reactivate.cli.files import write
    from reactivate.stages.planning import plan_of

    opened = open_at(shop, moment, no_sync=False)
    with opened.ledger:
        plan, _ = plan_of(opened)
    write(str(shop / "plan.json"), json.dumps(plan, ensure_ascii=False, indent=2) + "\n")


def one_day(shop: Path, moment: datetime) -> tuple[int, bool]:
    """Import what people did until this morning, then run once; how many messages left, and is anybody on the way."""
    from reactivate.stages.approval import read
    from reactivate.stages.run import run

    opened = open_at(shop, moment, no_sync=True)
    with opened.ledger as ledger:
        ledger.import_events(answers.until(ledger, moment.astimezone(UTC)), grants={"topics": ["email"]})
        done = run(opened, read(shop / "plan.json"), _Quiet())
        under_way = "treated" in ledger.passes(opened.campaign.name)["arm"].to_pylist()
    return sum(states.get("accepted", 0) for states in done.sent.values()), under_way


def open_at(shop: Path, moment: datetime, *, no_sync: bool) -> Any:
    from reactivate.stages.opening import open_spec

    return open_spec(
        str(shop / "campaign.yml"),
        clock=lambda: datetime.now(UTC),
        progress=_Quiet(),
        moment=moment.isoformat(),
        no_sync=no_sync,
        registry=registry(),
    )


@cache
def registry() -> Any:
    """One for all days: plug-ins are looked for once."""
    from reactivate.host.registry import Registry

    return Registry()


class _Quiet:
    """No progress of single stages: the demo shows days."""

    def stage(self, name: str) -> Any:
        from contextlib import nullcontext

        return nullcontext()


def finish(folder: Path, shop: Path) -> dict[str, Any]:
    """The figures of demo.json and the report; people found come from the base, never from the generator."""
    from reactivate.report.html import render
    from reactivate.stages.measure import measure

    opened = open_at(shop, START + timedelta(days=DAYS), no_sync=True)
    with opened.ledger as ledger:
        members = opened.base.table("members")
        report = measure(opened)
        (folder / "report.html").write_text(render(report), encoding="utf-8")
        handed = ledger.touches(opened.campaign.name, states=("accepted",))
        by_mail = sum(name in ("email", "sms") for name in handed["channel"].to_pylist())
    return {
        **score.score(members, HERE / "data" / "truth.csv"),
        "messages": by_mail,
        "letters": sum(name == "email" for name in handed["channel"].to_pylist()),
        "funnel": [
            row | {"name": CASE.get(row["name"], row["name"]), "of": CASE.get(row["of"], row["of"])}
            for row in report["funnel"]
        ],
        "outcomes": report["outcomes"],
    }


def tell(folder: Path, figures: dict[str, Any], sent: int, seconds: float, fresh: bool) -> None:
    """The funnel of the case with its denominators, and where everything lies."""
    from reactivate.text import columns

    if not fresh and not sent:
        print("The ledger knows everybody already: nothing was sent. Start anew with: make demo-clean demo")
    found, true = figures["people_found"], figures["people_true"]
    print(f"\nPeople found: {found:,} (truth {true:,}); pairs: precision {figures['precision']:.3f}, "
          f"recall {figures['recall']:.3f}, F1 {figures['f1']:.3f}")  # fmt: skip
    treated = next(row["people"] for row in figures["funnel"] if row["name"] == "entered and treated")
    rows = [_row(row, treated) for row in figures["funnel"] if row["of_people"]]
    print("\n".join(columns(rows, right=(1, 2))))
    print(f"\n{sent:,} messages handed over in this call ({seconds:.0f} s). Look at:")
    for name in ("report.html", "bookshop/out/letters", "bookshop/out/sms.csv", "bookshop/out/calls", "demo.json"):
        print(f"  {folder / name}")


def _row(row: dict[str, Any], treated: int) -> tuple[str, ...]:
    """A share of those who got the step, and the same people as a share of all treated: never the one for the other."""
    more = f"= {100 * row['people'] / treated:.1f}% of treated" if row["of"].startswith("who ") else ""
    share = f"{100 * row['share']:.1f}%"
    return (f"  {row['name']}", f"{row['people']:,}", share, f"of {row['of_people']:,} {row['of']}", more)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".demo"))
