import gzip
import json
import logging

import pytest

from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    InvalidAnswer,
    RateLimited,
    Rejected,
    RetryLater,
    ServiceUnavailable,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.http_session import CORRELATION_HEADER

from .http_common import SECRET, assert_tells_nothing, call, failure, http_session
from .raw_server import RawServer, answer

LOGGER = "odoo.addons.orion_base.lib.http_session"


def test_answer_is_returned_whole():
    with RawServer(
        (answer(body=b'{"a": [1, "\xc3\xa9"]}', Content_Type="application/json"),)
    ) as server:
        response = call(server)
        request = server.requests[0]
    assert response.status == 200
    assert response.json() == {"a": [1, "é"]}
    assert response.headers["content-type"] == "application/json"
    assert response.elapsed_ms >= 0
    assert request.line == "POST /graphql HTTP/1.1"
    assert json.loads(request.body) == {"query": "q"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers[CORRELATION_HEADER.lower()] == response.correlation_id


def test_each_call_has_its_own_correlation_id_and_one_connection_serves_them():
    http = http_session()
    with RawServer((answer(body=b"1"),)) as server:
        ids = {call(server, http).correlation_id for _each in range(5)}
        assert server.connections == 1
    assert len(ids) == 5


def test_parameters_form_and_gzip():
    packed = gzip.compress(b"x" * 5000)
    with RawServer((answer(body=packed, Content_Encoding="gzip"),)) as server:
        response = call(server, path="/p", data={"b": "2 3"}, json=None, params={"a": "1&2"})
        assert response.body == b"x" * 5000
        assert server.requests[0].path == "/p?a=1%262"
        assert server.requests[0].body == b"b=2+3"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("400 Bad", Rejected),
        ("401 No", Unauthorised),
        ("403 No", Forbidden),
        ("404 No", Rejected),
        ("408 Late", UnknownOutcome),
        ("409 No", Rejected),
        ("422 No", Rejected),
        ("429 Slow", RateLimited),
        ("500 Oh", UnknownOutcome),
        ("501 Oh", UnknownOutcome),
        ("502 Oh", UnknownOutcome),
        ("503 Later", ServiceUnavailable),
        ("504 Oh", UnknownOutcome),
        ("599 Oh", UnknownOutcome),
        ("302 Found", Rejected),
        ("304 Same", Rejected),
    ],
)
def test_status_decides_the_error(status, expected):
    error = failure(answer(status, b"why"))
    assert type(error) is expected
    assert error.details["status"] == int(status[:3])
    assert error.details["correlation_id"]


@pytest.mark.parametrize("status", ["401 No", "403 No"])
def test_who_refuses_a_key_is_not_quoted(status):
    error = failure(answer(status, b'{"error": "what you sent is no key"}'))
    assert "snippet" not in error.details


def test_snippet_is_short_without_tags_and_secrets():
    body = (
        "<html><head><title>t</title></head><script>alert(1)</script>"
        "<p>No &lt;b&gt;entry&lt;/b&gt; "
        f"Authorization: Bearer {SECRET} {SECRET}</p>" + "x" * 100_000
    )
    error = failure(answer("422 No", body.encode()))
    text = error.details["snippet"]
    assert text.startswith("No entry")
    assert len(text) <= 200
    assert not set(text) & set("<>")
    assert SECRET[:6] not in text


def test_accepted_status_is_returned():
    with RawServer((answer("400 Bad", b'{"errors": []}'),)) as server:
        assert call(server, accept={400}).status == 400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sunday, 01-Mar-26 12:00:10 GMT", 10.0),
        ("soon", None),
        ("-5", None),
    ],
)
@pytest.mark.parametrize("status", ["429 Slow", "503 Later"])
def test_retry_after(status, value, seconds):
    error = failure(answer(status, Retry_After=value))
    assert isinstance(error, RetryLater)
    assert error.retry_after == seconds


@pytest.mark.parametrize("body", [b"<html>Hello</html>", b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_no_json_is_invalid(body):
    with RawServer((answer(body=body, Content_Type="text/html"),)) as server:
        response = call(server)
    with pytest.raises(InvalidAnswer) as caught:
        response.json()
    assert caught.value.details["content_type"] == "text/html"
    assert_tells_nothing(caught.value)


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"\x00\x01\x02\r\n\r\n"])
def test_other_protocol_is_invalid(said):
    assert isinstance(failure(said), InvalidAnswer)


def test_post_follows_no_redirect():
    with RawServer((answer(),)) as other:
        error = failure(answer("307 Moved", Location=other.url()))
        assert other.requests == []
    assert type(error) is Rejected


def test_get_follows_on_the_same_host_with_credentials():
    with RawServer((answer("302 Found", Location="/b?x=1"), answer(body=b"there"))) as server:
        response = call(server, method="GET", params={"a": 1})
        assert response.body == b"there"
        assert [request.path for request in server.requests] == ["/graphql?a=1", "/b?x=1"]
        assert server.requests[1].headers["authorization"] == f"Bearer {SECRET}"


def test_redirect_to_another_host_drops_credentials():
    keys = {"Authorization": f"Bearer {SECRET}", "X-Shop-Key": SECRET, "Cookie": f"a={SECRET}"}
    with RawServer((answer(body=b"there"),)) as other:
        moved = answer("302 Found", Location=other.url("/b"))
        with RawServer((moved,)) as server:
            assert call(server, method="GET", headers=keys).body == b"there"
            assert server.requests[0].headers["x-shop-key"] == SECRET
        assert SECRET not in str(other.requests[0].headers)
        assert "user-agent" in other.requests[0].headers


def test_endless_redirect_is_refused():
    with RawServer((answer("302 Found", Location="/again"),)) as server:
        with pytest.raises(Rejected):
            call(server, method="GET")
        assert len(server.requests) == 6


def test_redirect_to_a_file_is_refused():
    error = failure(answer("302 Found", Location="file:///etc/passwd"), method="GET")
    assert type(error) is Rejected


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://example.com", "http://", "http://a:b", "https://[::1"]
)
def test_bad_address_is_rejected(url):
    with pytest.raises(Rejected) as caught:
        http_session().request("GET", url)
    assert_tells_nothing(caught.value)


@pytest.mark.parametrize("key", ["a\nb", "schlüssel", "key\u200b"])
def test_key_that_cannot_be_sent_is_unauthorised(key):
    with pytest.raises(Unauthorised) as caught:
        http_session().request("GET", "http://127.0.0.1:1/", headers={"Authorization": key})
    assert key not in str(caught.value.details) + caught.value.message


@pytest.fixture
def log_lines():
    """All that is logged anywhere, at the lowest level."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(f"{record.getMessage()} {record.__dict__}")

    handler = Keep()
    loggers = [logging.getLogger(name) for name in ("", "odoo", "odoo.addons", "urllib3", LOGGER)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


def test_nothing_secret_is_logged(log_lines):
    http = http_session()
    with RawServer((answer(body=SECRET.encode()), answer("500 Oh", SECRET.encode()))) as server:
        url = server.url(f"/a/{SECRET}/b?token={SECRET}")
        http.request("POST", url, json={"password": SECRET}, headers={"Authorization": SECRET})
        with pytest.raises(UnknownOutcome):
            http.request("POST", url, json={"password": SECRET}, headers={"Authorization": SECRET})
    text = "\n".join(log_lines)
    assert "POST 127.0.0.1/a/***/b: HTTP 200, 23 bytes" in text
    assert "HTTP 500" in text
    assert "correlation id" in text
    for part in (SECRET, "tK9", "token="):
        assert part not in text


def test_session_shows_no_secret():
    http = http_session()
    assert SECRET not in repr(http) + repr(http.redact)
