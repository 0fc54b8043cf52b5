"""Value objects hold one normal form, and refuse what has none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventros.kernel.errors import ValidationError
from ventros.values import Email, MediaUrl, MessageText, Phone

EMOJI = "\N{THUMBS UP SIGN}"
A_FACE = "\N{SLIGHTLY SMILING FACE}"


# Email


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Lovelace@Example.COM \n", "ada.lovelace@example.com"),
        ("a_b%c+d-e.1@x-y.z9.co", "a_b%c+d-e.1@x-y.z9.co"),
        ("1@1.aa", "1@1.aa"),
    ],
)
def test_an_email_is_lower_case_and_trimmed(text: str, value: str) -> None:
    email = Email(text)
    assert (email.value, str(email)) == (value, value)
    assert email == Email(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "example.com",
        "@example.com",
        "user@",
        "us er@example.com",
        "user@exam ple.com",
        "user@.com",
        "user@.domain.com",
        "user@domain",
        "user@domain.c",
        "user@domain.c0m",
        "user@@domain.com",
        "user@domain@domain.com",
        "user@domain.com\nx",
        "user@domain.com, other@domain.com",
        "<user@domain.com>",
        "us\N{LATIN SMALL LETTER E WITH ACUTE}r@domain.com",
        "user@dom\N{LATIN SMALL LETTER A WITH ACUTE}in.com",
        "user\x00@domain.com",
    ],
)
def test_what_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Email(text)
    assert raised.value.field == "email"


# Phone


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(11) 99999-9999", "11999999999"),
        ("+55 (11) 99999-9999", "+5511999999999"),
        ("  12345678 ", "12345678"),
        ("+1234567", "+1234567"),
        ("1" * 40, "1" * 40),
        ("tel:12.34.56.78", "12345678"),
    ],
)
def test_a_phone_is_digits_and_plus(text: str, value: str) -> None:
    phone = Phone(text)
    assert (phone.value, str(phone)) == (value, value)
    assert phone == Phone(value)


@pytest.mark.parametrize(
    "text", ["", "   ", "123", "abc", "!!!", "1234567", "+123456", "\N{ARABIC-INDIC DIGIT ONE}" * 9]
)
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Phone(text)
    assert raised.value.field == "phone"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("554188887777", "5541988887777"),
        ("+55 (41) 8888-7777", "+5541988887777"),
        ("+55 41 9 8888-7777", "+5541988887777"),
        ("5541988887777", "5541988887777"),
        ("551160000000", "5511960000000"),
        ("559999999999", "5599999999999"),
    ],
)
def test_a_brazilian_mobile_has_its_ninth_digit(text: str, value: str) -> None:
    assert Phone(text).value == value
    assert Phone(value).value == value


@pytest.mark.parametrize(
    "number",
    [
        "551130000000",  # landlines, from 2 to 5
        "551120000000",
        "+551150000000",
        "551110000000",
        "551108887777",
        "551088887777",  # no area code has a 0
        "550188887777",
        "4188887777",  # without 55 it may be anywhere
        "41988887777",
        "351912345678",
        "55418888777",
        "5541888877771",
        "++554188887777",
        "554188887777+",
    ],
)
def test_what_is_no_brazilian_mobile_gets_no_ninth_digit(number: str) -> None:
    assert Phone(number).value == number


def test_a_phone_with_and_without_plus_are_two() -> None:
    assert Phone("+5511999999999") != Phone("5511999999999")


# MessageText


@pytest.mark.parametrize("text", ["x", " ", "\n", EMOJI, "x" * 65_536, EMOJI * 65_536])
def test_a_text_is_kept_as_it_is(text: str) -> None:
    assert MessageText(text).value == str(MessageText(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 65_537,
        EMOJI * 65_537,
        "nul \x00",
        "\x00",
        "half \ud83d",
        "\udc4d half",
        chr(0xD800),
        "\udfff",
    ],
)
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        MessageText(text)
    assert raised.value.field == "text"


@pytest.mark.parametrize("text", ["x" * 4096, EMOJI * 4096])
def test_what_is_sent_is_shorter(text: str) -> None:
    assert MessageText.to_send(text) == MessageText(text)
    with pytest.raises(ValidationError) as raised:
        MessageText.to_send(text + "x")
    assert raised.value.field == "text"
    assert MessageText(text + "x"), "control: it may be received"
    with pytest.raises(ValidationError):
        MessageText.to_send("")


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("hello", -1, ""),
        ("hello", 0, ""),
        ("hello", 1, "h"),
        ("hello", 3, "hel"),
        ("hello", 4, "h..."),
        ("hello", 5, "hello"),
        ("hello", 9, "hello"),
        ("he", 2, "he"),
        (A_FACE * 5, 4, A_FACE + "..."),
    ],
)
def test_a_text_is_cut_to_a_limit(text: str, limit: int, cut: str) -> None:
    assert MessageText(text).truncate(limit) == cut


def test_a_text_contains_its_parts_but_not_nothing() -> None:
    text = MessageText("hello")
    assert text.contains("ell")
    assert text.contains("hello")
    assert not text.contains("Hello")
    assert not text.contains("")


# MediaUrl


@pytest.mark.parametrize(
    ("url", "extension"),
    [
        ("https://media.example/a/photo.JPG?x=y.png#z.gif", "jpg"),
        ("http://media.example/archive.tar.gz", "gz"),
        ("HTTPS://media.example/a.ogg", "ogg"),
        ("https://media.example", ""),
        ("https://media.example/", ""),
        ("https://media.example?x=a.png", ""),
        ("https://media.example/v1.2/file", ""),
        ("https://media.example/file.", ""),
        ("http://[::1]:3000/a.png", "png"),
        ("http://user:secret@localhost:3000/a%20b.png", "png"),
        ("http://media.example/a b.png", "png"),
    ],
)
def test_a_media_address_is_kept_verbatim_and_knows_its_extension(url: str, extension: str) -> None:
    media = MediaUrl(url)
    assert (media.value, str(media)) == (url, url)
    assert media.extension == extension


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "/a.png",
        "a.png",
        "//media.example/a.png",
        "media.example/a.png",
        "ftp://media.example/a.png",
        "file:///a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "http:/media.example",
        "http://",
        "http:///a.png",
        "http://:80/a.png",
        "http://user@/a.png",
        "http://[::1/a.png",
        " http://media.example/a.png",
        "http://media example/a.png",
        "ht\ntp://media.example/a.png",
        "http://media.example/a\n.png",
        "http://media.example/a.png\n",
        "http://media.example/\x00",
        "http://media.example/\ud83d",
        "http://media.\ud83d.example/",
    ],
)
def test_what_is_no_media_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        MediaUrl(url)
    assert raised.value.field == "media_url"


# All of them


@pytest.mark.parametrize(
    "value",
    [
        Email("ada@example.com"),
        Phone("12345678"),
        MessageText("hello"),
        MediaUrl("https://media.example/a.png"),
    ],
)
def test_a_value_cannot_be_changed_and_can_be_hashed(value: Any) -> None:
    with pytest.raises(AttributeError):
        value.value = "other"
    assert {value, type(value)(value.value)} == {value}


LOCAL = st.text("abzABZ09._%+-", min_size=1, max_size=20)
DOMAIN = st.lists(st.text("abzABZ09-", min_size=1, max_size=9), min_size=1, max_size=3).map(".".join)
TLD = st.text("abcXYZ", min_size=2, max_size=6)
BLANKS = st.text(" \t\n", max_size=3)


@settings(deadline=None)
@given(LOCAL, DOMAIN, TLD, BLANKS, BLANKS)
def test_the_normal_form_of_an_email_is_its_own(
    local: str, domain: str, tld: str, before: str, after: str
) -> None:
    plain = f"{local}@{domain}.{tld}"
    email = Email(f"{before}{plain}{after}")
    assert email.value == plain.lower()
    assert Email(email.value) == email


@settings(deadline=None)
@given(st.lists(st.text("0123456789+", min_size=1, max_size=3), min_size=8), st.data())
def test_the_normal_form_of_a_phone_is_its_own(kept: list[str], data: st.DataObject) -> None:
    noise = st.text(st.characters(exclude_characters="0123456789+", exclude_categories=["Cs"]), max_size=3)
    text = "".join(part + data.draw(noise) for part in kept)
    phone = Phone(text)
    assert phone.value == "".join(kept)
    assert Phone(phone.value) == phone


ANYTHING = st.text(st.characters())


@pytest.mark.parametrize("kind", [Email, Phone, MessageText, MediaUrl])
@settings(deadline=None)
@given(text=ANYTHING | ANYTHING.map("http://{}".format))
def test_any_text_is_refused_by_name_or_brought_into_its_normal_form(kind: Any, text: str) -> None:
    try:
        value = kind(text)
    except ValidationError:
        return
    assert kind(value.value) == value
    value.value.encode()


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), min_size=1), st.integers(-2, 12))
def test_a_cut_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    room = max(0, limit)
    cut = MessageText(text).truncate(limit)
    assert len(cut) == min(room, len(text))
    assert cut == text[:room] or (room > 3 and cut == f"{text[: room - 3]}...")
