import base64
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.redaction import HIDDEN, Redactor

SECRETS = st.text(
    st.characters(codec="utf-8", exclude_characters="*", exclude_categories=["Cs"]),
    min_size=4,
    max_size=40,
)


@given(SECRETS, st.text(max_size=50), st.text(max_size=50))
def test_known_secret_never_leaks(secret, before, after):
    redact = Redactor([secret])
    for form in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode(),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ):
        assert form not in redact(before + form + after)


@given(st.lists(SECRETS, min_size=1, max_size=5), st.text(max_size=100))
def test_many_secrets_end_to_end(secrets, between):
    redact = Redactor(secrets)
    text = redact(between.join(secrets))
    assert not [secret for secret in secrets if secret in text]


@st.composite
def spelled(draw, text):
    """`text` as JSON may spell it: any sign escaped, or not."""
    return "".join(
        draw(st.sampled_from([sign, f"\\u{ord(sign):04x}", f"\\u{ord(sign):04X}"])) for sign in text
    )


KEYS = st.text(string.ascii_letters + string.digits + "-_/+=", min_size=8, max_size=40)


@given(st.data(), KEYS, st.text(max_size=20).filter(lambda text: "u" not in text))
def test_a_key_in_jsons_escapes_is_hidden(data, key, around):
    text = data.draw(spelled(key))
    told = Redactor([key])(f'{around} "{text}" {around}')
    assert key not in told
    assert f'"{text}"' not in told
    assert key not in json.loads(json.dumps(told))


@pytest.mark.parametrize("length", [5, 14, 18])
def test_the_beginning_of_a_key_is_hidden(length):
    key = "letz-Zq7/SECRET-99"
    redact = Redactor([key])
    beginning = key[:length]
    escaped = "".join(f"\\u{ord(sign):04x}" for sign in beginning)
    for spelling in (beginning, beginning.replace("/", "\\/"), escaped):
        assert redact(f"key starting {spelling} is unknown") == f"key starting {HIDDEN} is unknown"


def test_what_a_masked_key_shows_stays():
    assert Redactor(["letz-Zq7/SECRET-99"])("letz**** and Letzshop") == "letz**** and Letzshop"


def test_a_key_beyond_the_basic_plane_is_hidden():
    key = "schlüssel-🔑🔑🔑"
    assert Redactor([key])(json.dumps(f"no {key}!")) == f'"no {HIDDEN}!"'


@given(SECRETS, SECRETS)
def test_user_and_password_of_basic_are_hidden(user, password):
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    assert token not in Redactor()(f"authorization: Basic {token}")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "authorization=abc.def-123",
        "Proxy-Authorization: abc.def-123",
        "X-Shopify-Access-Token: abc.def-123",
        "Cookie: abc.def-123",
        '{"api_key": "abc.def-123"}',
        '{"password":"abc.def-123", "a": 1}',
        "{'client_secret': 'abc.def-123'}",
        "https://x.test/?token=abc.def-123&b=1",
        "https://x.test/?access_token=abc.def-123",
        "https://user:abc.def-123@x.test/feed",
        "sent Bearer abc.def-123",
    ],
)
def test_values_at_the_places_of_secrets_are_hidden(text):
    redacted = Redactor()(text)
    assert "abc.def-123" not in redacted
    assert HIDDEN in redacted


@pytest.mark.parametrize(
    "text", ["Order R123 has 2 pieces", "keyboard: black", "The key was refused", "a@b.lu wrote"]
)
def test_other_text_stays(text):
    assert Redactor(["tooth-brush"])(text) == text


def test_later_secret_is_hidden_and_tiny_ones_are_not():
    redact = Redactor(["abc"])
    assert redact("abc def-ghi") == "abc def-ghi"
    redact.add("def-ghi")
    assert redact("abc def-ghi") == f"abc {HIDDEN}"
