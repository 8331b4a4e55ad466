from hypothesis import given
from hypothesis import strategies as st

from reactivate.stages.links import Link, address, read, token

LINK = Link("unsubscribe", "p1", "letter", "hello")
KEYS = {"k1": b"one", "k2": b"two"}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_token_comes_back_as_its_link_also_after_the_key_has_changed():
    assert read(token(LINK, secret=b"one", key_id="k1"), secrets=KEYS) == LINK
    assert read(token(LINK, secret=b"two", key_id="k2"), secrets=KEYS) == LINK


def test_an_address_shows_no_person():
    url = address("https://r.example/", LINK, secret=b"one", key_id="k1")
    assert url.startswith("https://r.example/u/")
    assert "p1" not in url


def test_a_token_of_another_key_is_nothing():
    assert read(token(LINK, secret=b"three", key_id="k1"), secrets=KEYS) is None
    assert read(token(LINK, secret=b"one", key_id="k9"), secrets=KEYS) is None


@given(st.data())
def test_any_changed_character_makes_it_worthless(data):
    good = token(LINK, secret=b"one", key_id="k1")
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(good[place], "")))
    assert read(good[:place] + other + good[place + 1 :], secrets=KEYS) is None


@given(st.text(max_size=80))
def test_rubbish_is_no_link(text):
    assert read(text, secrets=KEYS) is None
