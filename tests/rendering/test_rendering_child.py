import io
from datetime import date
from decimal import Decimal

import pytest

from reactivate.rendering import Brand, Links, Rendered, Renderer, RenderFault, parse, render_letters
from reactivate.rendering import render as module
from reactivate.rendering.worker import frame, read_frame

BRAND = Brand("Sova")


def letter(text):
    return parse("hello", "templates/hello.md", text)


def test_many_letters_come_back_in_order_and_a_fault_costs_one_only():
    done = render_letters(letter("Hi {{ name }}"), [{"name": "A"}, {}, {"name": "C"}], BRAND, kind="sms")
    assert [type(item) for item in done] == [Rendered, RenderFault, Rendered]
    assert [done[0].text, done[2].text] == ["Hi A", "Hi C"]
    fault = done[1].diagnostic
    assert (fault.code, str(fault.span)) == ("R333", "templates/hello.md:1:1")
    assert "template 'hello': 'name' is" in fault.message or "'name' has no value" in fault.message


def test_one_child_serves_several_templates():
    with Renderer() as renderer:
        for text in ("one {{ x }}", "two {{ x }}", "one {{ x }}"):
            (done,) = renderer.render(letter(text), [({"x": 1}, Links())], BRAND, "sms")
            assert done.text == text.replace("{{ x }}", "1")


def test_a_child_that_is_lost_between_letters_costs_none():
    with Renderer() as renderer:
        (first,) = renderer.render(letter("{{ x }}"), [({"x": "a"}, Links())], BRAND, "sms")
        renderer._child.kill()
        renderer._child.wait()
        (second,) = renderer.render(letter("{{ x }}"), [({"x": "b"}, Links())], BRAND, "sms")
    assert (first.text, second.text) == ("a", "b")


def test_the_next_renderer_goes_on_with_the_same_child():
    children = []
    for brand, text in (("Sova", "a"), ("Lis", "b")):
        with Renderer() as renderer:
            (done,) = renderer.render(letter("{{ x }}"), [({"x": text}, Links())], Brand(brand), "sms")
            children.append(renderer._child.pid)
        assert done.text == text
    assert children[0] == children[1]


def test_a_child_that_still_owes_an_answer_serves_nobody_else(monkeypatch):
    with Renderer() as renderer:
        monkeypatch.setattr(Renderer, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(renderer.render(letter("{{ x }}"), [({"x": "for another"}, Links())], BRAND, "sms"))
        child = renderer._child
    monkeypatch.undo()
    assert child.poll() is not None
    assert [done.text for done in render_letters(letter("{{ x }}"), [{"x": "mine"}], BRAND, kind="sms")] == ["mine"]


def interrupted(renderer, child, seconds):
    raise KeyboardInterrupt


def test_two_renderers_at_once_have_a_child_each():
    with Renderer() as one, Renderer() as other:
        for renderer in (one, other, one):
            (done,) = renderer.render(letter("{{ x }}"), [({"x": "a"}, Links())], BRAND, "sms")
            assert done.text == "a"
        assert one._child.pid != other._child.pid


def test_a_forked_process_starts_a_child_of_its_own():
    render_letters(letter("{{ x }}"), [{"x": "a"}], BRAND, kind="sms")
    ((owner, child),) = module._IDLE
    module._IDLE[:] = [(owner + 1, child)]
    with Renderer() as renderer:
        list(renderer.render(letter("{{ x }}"), [({"x": "b"}, Links())], BRAND, "sms"))
        assert renderer._child.pid != child.pid
    child.kill()
    child.communicate()


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\x00\x00\x00\x09{}", b"\x00\x00\x00\x00"])
def test_a_frame_that_breaks_off_is_the_end(raw):
    assert read_frame(io.BytesIO(raw)) is None


def test_values_keep_their_kind_on_the_way():
    value = {"d": date(2026, 3, 2), "m": Decimal("1.50"), "l": ["ї"], "n": None, "i": 3}
    assert read_frame(io.BytesIO(frame(value))) == value


def test_no_letters_start_no_child():
    with Renderer() as renderer:
        assert list(renderer.render(letter("x"), [], BRAND)) == []
        assert renderer._child is None


def test_values_that_are_no_values_are_refused_before_the_child():
    with Renderer() as renderer, pytest.raises(TypeError, match="object"):
        list(renderer.render(letter("x"), [({"x": object()}, Links())], BRAND))


# Nested loops over a long list burn time without writing; sums of texts burn memory.
TITLES = ["t" * 20] * 20_000
BURNERS = {
    "two loops": "{% for a in last_items %}{% for b in last_items %}{% if a == 'x' %}.{% endif %}{% endfor %}{% endfor %}",
    "joined": "{% for a in last_items %}{% for b in last_items %}{% set x = last_items | join %}{% endfor %}{% endfor %}",
    "upper": "{% for a in last_items %}{% for b in last_items %}{% set x = a | upper | title | trim %}{% endfor %}{% endfor %}",
    "grown": "{% for a in last_items %}{{ last_items | join(last_items | join) }}{% endfor %}",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", BURNERS.values(), ids=BURNERS.keys())
def test_a_template_that_burns_is_ended_and_the_others_go_on(text):
    with Renderer() as renderer:
        (good,) = renderer.render(letter("{{ x }}"), [({"x": "fine"}, Links())], BRAND, "sms")
        (bad,) = renderer.render(letter(text), [({"last_items": TITLES}, Links())], BRAND, "sms")
        (after,) = renderer.render(letter("{{ x }}"), [({"x": "fine"}, Links())], BRAND, "sms")
    assert isinstance(bad, RenderFault)
    assert (good.text, after.text) == ("fine", "fine")
