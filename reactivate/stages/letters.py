"""From touches to finished messages: values of each person, links, text in his language, bulk headers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from attrs import define, evolve, field, frozen

from reactivate import rendering
from reactivate.contracts.messages import Message
from reactivate.contracts.nodes import Node
from reactivate.diagnostics import Diagnostic
from reactivate.rendering import Brand, Links, Rendered, Renderer, Template, list_headers, sms_parts
from reactivate.stages.links import Link, address
from reactivate.stages.tables import aligned

Offers = Callable[[int, str | None], dict[str, Any] | None]
"""(pass id, offer name) -> what a template may read of it: code, gives, valid_until; None = no offer."""


@frozen
class Sender:
    """Who writes, and the keys of the links."""

    brand: str
    footer: str
    web: str
    language: str
    secret: bytes = field(repr=False)
    key_id: str
    templates: Path
    questions: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    asks: bool = False


@frozen
class Handled:
    """What one step hands over on one channel: the node, the channel's name and kind."""

    campaign: str
    node: Node
    channel: str
    kind: str


Made = Mapping[str, Message | Diagnostic]


@define
class Letters:
    """Makes the messages of a run; holds the rendering child, so use it as a context manager."""

    sender: Sender
    _renderer: Renderer = field(factory=Renderer)
    _templates: dict[tuple[str, str, str], Template] = field(factory=dict)

    def __enter__(self) -> "Letters":
        return self

    def __exit__(self, *_: object) -> None:
        self._renderer.close()

    def make(self, what: Handled, touches: pa.Table, profiles: pa.Table, reach: pa.Table, offers: Offers) -> Made:
        """Key -> finished message, or the fault that makes it a poison row.

        `touches`: pass_id, person_id, key, variant, offer. `profiles`, `reach` (person_id, display) by person.
        """
        people = aligned(touches["person_id"], profiles).to_pylist()
        to = aligned(touches["person_id"], reach)["display"].to_pylist()
        made: dict[str, Message | Diagnostic] = {}
        for (name, language, subject), rows in self._by_template(what, touches, people).items():
            template = self._template(name, what.kind, language)
            # A subject given in the campaign goes before the template's, and may read the same names.
            template = template if subject is None else evolve(template, subject=subject)
            brand = Brand(self.sender.brand, self.sender.footer, language)
            wanted = rendering.names_of(template)
            given = [self._values(what, touches, row, people[row], wanted, offers) for row in rows]
            texts = self._renderer.render(template, given, brand, what.kind)
            for row, (values, links), text in zip(rows, given, texts, strict=True):
                key = touches["key"][row].as_py()
                if isinstance(text, Rendered):
                    made[key] = self._message(what, touches, row, to[row] or "", text, links, language, values)
                else:
                    made[key] = text.diagnostic
        return made

    def _by_template(
        self, what: Handled, touches: pa.Table, people: list[dict[str, Any]]
    ) -> dict[tuple[str, str, str | None], list[int]]:
        """Rows by (template, language, subject): what the variant says goes before what the step says."""
        arms = {variant.name: variant for variant in what.node.split}
        groups: dict[tuple[str, str, str | None], list[int]] = {}
        for row, name in enumerate(touches["variant"].to_pylist()):
            arm = arms.get(name)
            template = (arm and arm.template) or what.node.template or str(what.node.name)
            subject = (arm and arm.subject) or what.node.subject
            language = people[row].get("language") or self.sender.language
            groups.setdefault((template, language, subject), []).append(row)
        return groups

    def _template(self, name: str, kind: str, language: str) -> Template:
        key = (name, kind, language)
        if key not in self._templates:
            self._templates[key] = rendering.load(self.sender.templates, name, kind, language)
        return self._templates[key]

    def _values(
        self, what: Handled, touches: pa.Table, row: int, person: dict[str, Any], wanted: Iterable[str], offers: Offers
    ) -> tuple[dict[str, Any], Links]:
        """The names a template may read, those it does read only, and the links of this person."""
        who, step = touches["person_id"][row].as_py(), str(what.node.name)
        unsubscribe = self._link("unsubscribe", who, what.campaign, step)
        preferences = self._link("preferences", who, what.campaign, step)
        values = {name: person.get(name) for name in {name.split(".")[0] for name in wanted}}
        values |= {"brand": self.sender.brand, "unsubscribe_link": unsubscribe, "preferences_link": preferences}
        # A reminder that asks nothing itself may lead to the question of the letter it reminds of.
        values["ask_link"] = self._link("answer", who, what.campaign, step) if self.sender.asks else None
        values["offer"] = offers(touches["pass_id"][row].as_py(), touches["offer"][row].as_py())
        return values, Links(unsubscribe, preferences) if what.kind == "email" else Links()

    def _link(self, scope: Any, person: str, campaign: str, step: str) -> str:
        link = Link(scope, person, campaign, step)
        return address(self.sender.web, link, secret=self.sender.secret, key_id=self.sender.key_id)

    def _message(
        self, what: Handled, touches: pa.Table, row: int, to: str, text: Rendered, links: Links, language: str,
        values: dict[str, Any],
    ) -> Message:  # fmt: skip
        headers: tuple[tuple[str, str], ...] = ()
        if what.kind == "email" and links.unsubscribe:
            domain = self.sender.web.split("://", 1)[-1].split("/", 1)[0]
            headers = list_headers(links.unsubscribe, what.campaign, domain, (what.campaign, str(what.node.name)))
        return Message(
            key=touches["key"][row].as_py(),
            campaign=what.campaign,
            step=str(what.node.name),
            person=touches["person_id"][row].as_py(),
            channel=what.channel,
            to=to,
            text=text.text,
            subject=text.subject,
            html=text.html,
            language=language,
            headers=headers,
            fields=self._fields(what, values),
        )

    def _fields(self, what: Handled, values: Mapping[str, Any]) -> dict[str, str]:
        """What a channel may need beside the text: the sender's name; for a call list whom to ask for and what."""
        if what.kind != "call":
            return {"brand": self.sender.brand}
        fields = {"attempts": str(what.node.attempts), "name": str(values.get("first_name") or "")}
        for question in what.node.ask:
            fields[f"ask_{question}"] = " / ".join(self.sender.questions.get(question, {}).values())
        return fields


def no_offers(pass_id: int, offer: str | None) -> dict[str, Any] | None:
    """For campaigns without offers."""
    return None


def cost_of(message: Message, price: Decimal, per_part: bool, kind: str) -> Decimal:
    """What handing this message over costs."""
    return price * sms_parts(message.text).count if per_part and kind == "sms" else price


def samples(made: Made, most: int = 10) -> Iterator[Message]:
    """The first few messages that could be made."""
    for message in list(made.values())[:most]:
        if isinstance(message, Message):
            yield message
