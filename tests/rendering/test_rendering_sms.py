import pytest

from reactivate.rendering import gsm_friendly, sms_parts


@pytest.mark.parametrize(
    ("text", "count", "encoding"),
    [
        ("", 0, "GSM"),
        ("a" * 160, 1, "GSM"),
        ("a" * 161, 2, "GSM"),
        ("a" * 306, 2, "GSM"),
        ("a" * 307, 3, "GSM"),
        ("ї" * 70, 1, "UCS-2"),
        ("ї" * 71, 2, "UCS-2"),
        ("ї" * 134, 2, "UCS-2"),
        ("ї" * 135, 3, "UCS-2"),
        ("€" * 80, 1, "GSM"),
        ("€" * 81, 2, "GSM"),
        ("a" * 152 + "€" + "a" * 152, 3, "GSM"),  # the escape pair would straddle septet 153: it moves whole
        ("a" * 152 + "€" + "a" * 151, 2, "GSM"),
        ("a" * 152 + "€" * 2 + "a" * 150, 3, "GSM"),
        ("`", 1, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 36, 2, "UCS-2"),
        ("😀" * 66, 2, "UCS-2"),
        ("😀" * 67, 3, "UCS-2"),
    ],
)
def test_parts(text, count, encoding):
    found = sms_parts(text)
    assert (found.count, found.encoding) == (count, encoding)


def test_plain_signs_save_parts_and_letters_stay():
    text = "“Sowa” — only today…"
    assert sms_parts(text).encoding == "UCS-2"
    assert gsm_friendly(text) == '"Sowa" - only today...'
    assert sms_parts(gsm_friendly(text)).encoding == "GSM"
    assert gsm_friendly("Їжак ёж") == "Їжак ёж"
