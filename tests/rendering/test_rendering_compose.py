from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.rendering import Brand, Links, check, parse
from reactivate.rendering.compose import Fault, compose

SOVA = Brand("Книгарня «Сова»", "ФОП Коваль, Київ", "uk")
LINKS = Links(unsubscribe="https://r.sova.example/u/abc", preferences="https://r.sova.example/p/abc")


def made(text, kind="email", **context):
    return compose(parse("a", "a.md", text), context, kind, SOVA, LINKS)


def text_of(text, **context):
    return made(text, "call", **context).text


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs), dict(attrs).get("href")))


def elements(html):
    reader = Elements()
    reader.feed(html)
    return reader.found


def test_a_letter_has_text_html_subject_footer_and_ways_out():
    letter = made(
        '---\nsubject: "{{ first_name }}, три книги"\npreheader: "Одне прохання"\n---\n# Вітаємо\n\nВи взяли **{{ last_items(2) }}**.',
        first_name="Анна",
        last_items=["Кобзар", "Лис", "Мавка"],
    )
    assert letter.subject == "Анна, три книги"
    assert letter.text.startswith("Вітаємо\n\nВи взяли Кобзар, Лис.\n\n-- \nКнигарня «Сова»\nФОП Коваль, Київ\n")
    assert "Відписатися: https://r.sova.example/u/abc" in letter.text
    assert "<strong>Кобзар, Лис</strong>" in letter.html
    assert "Одне прохання" in letter.html
    assert "prefers-color-scheme:dark" in letter.html
    assert [href for tag, _, href in elements(letter.html) if tag == "a"] == [LINKS.preferences, LINKS.unsubscribe]


def test_an_sms_is_one_block_of_plain_text():
    assert (
        made("Вітаємо!\n\nВаш [список]({{ ask_link }})", "sms", ask_link="https://r.x/a_b_c").text
        == "Вітаємо!\nВаш список: https://r.x/a_b_c"
    )


def test_a_script_keeps_lists_and_paragraphs():
    script = text_of("Скажіть:\n\n1. ім'я\n2. місто\n   - або край\n\n---\n> дякую\n\n    code {{ x }}\n", x="y")
    assert script == "Скажіть:\n\n1. ім'я\n2. місто\n  - або край\n\n--------------------\n\nдякую\n\ncode y"


def test_values_of_every_kind_are_written_as_people_read_them():
    values = {"d": date(2026, 3, 2), "m": Decimal("12.50"), "i": 3, "f": 2.50, "t": "a", "l": ["x", "y"]}
    assert text_of("{{ d }} {{ m }} {{ i }} {{ f }} {{ t }} {{ l }}", **values) == "2026-03-02 12.50 3 2.5 a x, y"


def test_missing_values_are_told_with_name_and_line():
    for value in (None, "", []):
        with pytest.raises(Fault) as fault:
            made('---\nsubject: "x"\n---\n\nHello\n{{ first_name }}', first_name=value)
        assert (fault.value.line, fault.value.message) == (6, "'first_name' has no value")
        assert "default" in fault.value.hint


def test_default_and_if_handle_missing_values():
    text = '{{ first_name | default("друже") }}{% if offer.code %} {{ offer.code }}{% endif %}{% if why == "price" %}!{% endif %}'
    assert text_of(text, first_name=None, offer=None, why=None) == "друже"
    assert text_of(text, first_name="Анна", offer={"code": "X1"}, why="price") == "Анна X1!"
    assert (
        text_of("{% if last_items(2) %}a{% else %}b{% endif %}{% for t in last_items %}x{% endfor %}", last_items=[])
        == "b"
    )


def test_an_unknown_name_is_a_fault_even_in_if():
    with pytest.raises(Fault, match="'ofer'"):
        text_of("{% if ofer %}a{% endif %}")


NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "<https://evil.example>",
    "https://evil.example/<b>",
    "# head",
    "- item",
    "1. item",
    "> quote",
    "```\ncode",
    "    code",
    "a\n\nb\n\n<hr>",
    "***b***",
    "_i_ __b__ `c`",
    "&lt;b&gt; &copy; &#60;",
    "[a]: https://evil.example\n\n[a]",
    "\\*x\\* \\",
    "a|b\n-|-",
    "\u202egnp.exe",
    "\u2028<b>\u2029",
    "\x00\x1b[31m\x85",
    "{{ 7 }} {% raw %}",
    "<!-- -->",
    "x\" style=\"y",
    "~~~\nx",
    "===",
    "a  \nb",
]  # fmt: skip


@pytest.mark.parametrize("value", NASTY)
def test_a_value_makes_neither_markup_nor_lines(value):
    calm = made("# A {{ x }}\n\nb {{ x }} c\n\n- {{ x }}\n", x="Anna")
    odd = made("# A {{ x }}\n\nb {{ x }} c\n\n- {{ x }}\n", x=value)
    assert elements(odd.html) == elements(calm.html)
    assert odd.text.count("\n") == calm.text.count("\n")
    shown = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    assert f"b {shown} c" in odd.text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_text_at_all_changes_the_structure(value):
    template = "x {{ x }} y\n\n- {{ x }}\n- {{ x }}\n"
    calm, odd = made(template, x="Anna"), made(template, x="A" + value)
    ours = [e for e in elements(odd.html) if e[0] != "a" or e[2] in (LINKS.unsubscribe, LINKS.preferences)]
    assert ours == elements(calm.html)
    for tag, _, href in elements(odd.html):
        assert tag != "a" or href.startswith(("https://", "http://"))


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "ftp://x.example",
    ],
)
def test_links_go_to_web_mail_and_phone_only(link):
    hrefs = [href for tag, _, href in elements(made(f"[x]({link}) <{link}>").html) if tag == "a"]
    assert hrefs == [LINKS.preferences, LINKS.unsubscribe]
    hrefs = [href for tag, _, href in elements(made("[x]({{ u }})", u=link).html) if tag == "a"]
    assert hrefs == [LINKS.preferences, LINKS.unsubscribe]


def test_html_of_the_author_is_text_too():
    tags = {tag for tag, _, _ in elements(made("<script>x</script> <b>y</b>\n\n<div onclick=1>z</div>").html)}
    assert not tags & {"script", "b"}


@pytest.mark.parametrize("value", [object(), b"x", {"a": 1}, True, 1j])
def test_only_plain_values_are_printed(value):
    with pytest.raises(Fault):
        text_of("{{ x }}", x=value)


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ x.__init__.__globals__ }}",
    "{{ x.real }}",
    "{{ x.mro }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop }}",
    "{{ offer.keys }}",
    "{{ offer.items }}",
    "{{ offer.__class__ }}",
    "{{ offer.pop }}",
    "{{ last_items.__call__ }}",
    "{{ last_items.count }}",
    "{{ config }}",
    "{{ request }}",
    "{{ true.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ d.today }}",
    "{{ d.year }}",
    "{{ m.as_tuple }}",
    "{% for a in last_items %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in last_items %}{{ loop.changed }}{% endfor %}",
    "{% for a in last_items %}{{ loop.cycle }}{% endfor %}",
    "{{ x | default(self) }}",
    "{{ undefined_name.x }}",
    "{{ [].__class__ }}",
    "{% set x = self %}{{ x }}",
    "{{ x ~ self }}",
]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_no_way_to_python_objects(text):
    context = {"x": "a", "offer": {"code": "Z"}, "last_items": ["a"], "d": date(2026, 1, 1), "m": Decimal(1)}
    try:
        shown = text_of(text, **context)
    except Fault:
        return
    assert "class" not in shown
    assert "function" not in shown
    assert "object at" not in shown


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "x",
                ".",
                "__class__",
                "offer",
                "(",
                ")",
                "|",
                "default",
                "[",
                "]",
                "'a'",
                "~",
                "last_items",
                "loop",
                "self",
                "join",
                "first",
                " ",
                "1",
                "+",
                "upper",
            ]
        ),
        max_size=9,
    ).map("".join)
)
def test_no_expression_reads_a_dunder_or_shows_an_object(expression):
    try:
        shown = text_of("{{" + expression + "}}", x="a", offer={"code": "Z"}, last_items=["a", "b"])
    except Fault:
        return
    assert not any(word in shown for word in ("<", "__", "object", "function", "Context"))


def test_a_text_that_grows_is_cut_short_with_a_fault():
    text = "{% for a in last_items %}{% for b in last_items %}" + "x" * 500 + "{% endfor %}{% endfor %}"
    with pytest.raises(Fault, match="256 KiB"):
        text_of(text, last_items=["a"] * 100)


def test_a_customer_called_like_an_address_makes_no_link():
    letter = made(
        "Hi {{ first_name }}, [here]({{ ask_link }}) or {{ ask_link }}",
        first_name="https://evil.example",
        ask_link="https://r.x/q_1_2",
    )
    hrefs = [href for tag, _, href in elements(letter.html) if tag == "a"]
    assert hrefs[:2] == ["https://r.x/q_1_2"] * 2
    assert "https://evil.example" not in hrefs
    assert "Hi https://evil.example, here: https://r.x/q_1_2 or https://r.x/q_1_2" in letter.text


def test_a_link_by_itself_looks_like_a_button():
    letter = made("See [here](https://x.example) and\n\n[Choose *topics*](https://y.example)\n\nhttps://z.example")
    marked = {href for tag, names, href in elements(letter.html) if tag == "a" and "class" in names}
    assert marked == {"https://y.example"}


def test_a_bare_address_becomes_a_link_without_its_full_stop():
    hrefs = [href for tag, _, href in elements(made("Дивіться https://sova.example/new. Дякуємо").html) if tag == "a"]
    assert hrefs[0] == "https://sova.example/new"


def test_the_letter_of_the_how_to_page_can_be_sent():
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "write-letters.md").read_text(encoding="utf-8")
    source = page.split("```text\n")[1].split("```")[0]
    known = {"first_name", "last_items", "ask_link"}
    assert check(parse("a", "a.md", source), known, {"ask_link"}) == []
    values = {"first_name": None, "last_items": ["One", "Two"], "ask_link": "https://r.example/q"}
    letter = made(source, **values)
    assert letter.subject == "Friend, one question"
    assert "Good day!\n\nLast time you took One, Two." in letter.text
    loop = "{% for title in last_items(1) %}- {{ title }}\n{% endfor %}"
    assert text_of(loop, **values) == "- One"
