"""A proposed mapping for a terminal: what is what, how sure, and what somebody should look at."""

from reactivate.starter.look import headless
from reactivate.starter.propose import Proposal
from reactivate.text import columns, counted


def as_text(proposal: Proposal) -> str:
    """A table of the mapping, then what could not be known."""
    sample = proposal.sample
    lines = [f"{sample.path.name}: {proposal.rows}, looked at {counted(sample.rows, 'row')}", ""]
    rows = [(f"  {item.sure}", item.ours, item.theirs, item.why) for item in proposal.mapping]
    lines += columns([("  how sure", "our field", "your column", "because"), *rows]) if rows else []
    return "\n".join([*lines, "", *_remarks(proposal)])


def _remarks(proposal: Proposal) -> list[str]:
    ours = {item.ours for item in proposal.mapping}
    dates = proposal.dates
    said = []
    if headless(proposal.sample):
        said.append("the first row looks like cells: put the names of the columns there, e.g. Date, Total, Name, Email")
    if proposal.sample.encoding != "utf-8":
        said.append(f"the file is read as {proposal.sample.encoding}")
    if dates is not None and dates.other is not None:
        said.append(f"dates fit {dates.layout} and {dates.other} alike: look at `dates`")
    if proposal.rows == "people":
        said.append("no date of an order was found: the rows are held to be people, not orders")
    elif "amount" not in ours and not {"quantity", "unit_price"} <= ours:
        said.append("no sum was found: map `amount`, or what people are worth stays unknown")
    if proposal.paid and not proposal.paid_known:
        said.append(f"no status is known to mean paid: `paid` holds the commonest, {proposal.paid[0]!r}; look at it")
    elif proposal.paid:
        said.append(f"orders count as paid when their status is {' or '.join(proposal.paid)}")
    if not {"email", "phone"} & ours:
        said.append("neither e-mail nor phone was found: nobody can be contacted")
    elif "email" not in ours:
        said.append("no e-mail was found, and the first campaign writes e-mails: give it an SMS channel")
    if proposal.left:
        said.append(f"not used: {', '.join(proposal.left)}")
    return [f"! {line}" for line in said]
