import pytest

from reactivate.stages.samples import _cut

WEB = "https://r.shop.example"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"No: {WEB}/a/abc.1, yes: {WEB}/a/def-2 or {WEB}/u/x", f"No: {WEB}/a/… yes: {WEB}/a/… or {WEB}/u/…"),
        (f"[no]({WEB}/a/abc) [yes]({WEB}/a/def)\n{WEB}/p/ghi", f"[no]({WEB}/a/…) [yes]({WEB}/a/…)\n{WEB}/p/…"),
        (f"our shop: {WEB} and {WEB}/books", f"our shop: {WEB} and {WEB}/books"),
    ],
)
@pytest.mark.parametrize("web", [WEB, f"{WEB}/"])
def test_no_personal_link_of_a_line_works(text, shown, web):
    assert _cut(text, web) == shown
