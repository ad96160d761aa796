import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
import time
import tracemalloc

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    InvalidAnswer,
    RateLimited,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter, Rate, Turns

from .http_common import assert_tells_nothing, call, failure, http_session
from .raw_server import RawServer, answer, reset


def test_refused_connection_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(HostUnreachable) as caught:
        http_session().request("POST", f"http://127.0.0.1:{port}/", json={})
    assert caught.value.details["cause"] == "refused"
    assert_tells_nothing(caught.value)


def test_unknown_name_is_unreachable(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(HostUnreachable) as caught:
        http_session().request("POST", "http://nowhere.invalid/", json={})
    assert caught.value.details["cause"] == "dns"


def test_connect_timeout_is_unreachable():
    # A full backlog lets nobody in.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _each in range(3)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        port = listener.getsockname()[1]
        try:
            with pytest.raises(HostUnreachable) as caught:
                http_session(connect_timeout=0.3).request("GET", f"http://127.0.0.1:{port}/")
        finally:
            for sock in waiting:
                sock.close()
    assert caught.value.details["cause"] == "timeout"


@pytest.mark.parametrize(
    "said",
    [
        reset,
        lambda connection: connection.close(),
        lambda connection: (connection.sendall(b"HTTP/1.1 20"), reset(connection)),
        lambda connection: (
            connection.sendall(answer(body=b"1234567890", Content_Length="20")),
            connection.close(),
        ),
        lambda connection: (
            connection.sendall(answer(body=b"5\r\nab", Transfer_Encoding="chunked")),
            connection.close(),
        ),
    ],
    ids=["reset", "closed", "reset in the headers", "cut body", "cut chunk"],
)
def test_broken_after_sending_is_unknown(said):
    def close(connection):
        said(connection)
        connection.close()

    error = failure(close)
    assert isinstance(error, UnknownOutcome)
    assert not isinstance(error, InvalidAnswer)


def test_kept_connection_that_dies_with_the_request_is_unknown():
    http = http_session()
    with RawServer((answer(body=b"1"), reset)) as server:
        assert call(server, http).body == b"1"
        with pytest.raises(UnknownOutcome):
            call(server, http)
        assert len(server.requests) == 2


def test_connection_closed_while_idle_is_replaced():
    http = http_session()
    closed = threading.Event()

    def once(connection):
        connection.sendall(answer(body=b"1"))
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with RawServer((once, answer(body=b"2"))) as server:
        assert call(server, http).body == b"1"
        assert closed.wait(5)
        assert call(server, http).body == b"2"
        assert server.connections == 2


def test_nothing_is_sent_twice():
    with RawServer((reset,)) as server, pytest.raises(UnknownOutcome):
        call(server)
    assert len(server.requests) == 1


def test_read_timeout_is_unknown():
    with RawServer(()) as server:
        server.answers = (server.hold,)
        with pytest.raises(UnknownOutcome) as caught:
            call(server, http_session(read_timeout=0.2))
    assert "in time" in caught.value.message
    assert_tells_nothing(caught.value)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (answer(Content_Length="100000"), b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (answer(Transfer_Encoding="chunked"), b"1\r\nx\r\n"),
    ],
    ids=["body", "headers", "one header", "chunks"],
)
def test_slow_drip_ends_at_the_deadline(start, piece):
    with RawServer(()) as server:
        server.answers = (lambda connection: server.drip(connection, start, piece, 0.05),)
        before = time.monotonic()
        with pytest.raises(UnknownOutcome) as caught:
            call(server, http_session(read_timeout=10), timeout=0.4)
        assert 0.3 < time.monotonic() - before < 2
    assert_tells_nothing(caught.value)


@pytest.mark.parametrize("status", ["401 No", "429 Slow"])
def test_status_counts_though_its_body_does_not_come(status):
    with RawServer(()) as server:
        start = answer(status, Content_Length="10")
        server.answers = (lambda connection: server.drip(connection, start, b"", 1),)
        with pytest.raises(Unauthorised if status.startswith("401") else RateLimited):
            call(server, http_session(read_timeout=0.2))


@pytest.mark.parametrize(
    "said",
    [
        answer(body=b"x" * 2000),
        answer(body=b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        answer(body=gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip"),
    ],
    ids=["announced", "chunked", "bomb"],
)
def test_too_large_is_invalid(said):
    limit = 1000 if len(said) < 10_000 else 30_000
    error = failure(said, http=http_session(max_bytes=limit))
    assert type(error) is InvalidAnswer
    assert error.details["cause"] == "too large"


def test_compressed_answer_that_is_cut_is_unknown():
    def half(connection):
        packed = gzip.compress(bytes(range(256)) * 20)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        connection.sendall(packed[: len(packed) // 2])
        connection.shutdown(socket.SHUT_RDWR)

    error = failure(half)
    assert isinstance(error, UnknownOutcome)
    assert not isinstance(error, InvalidAnswer)


def test_gzip_in_several_members_is_one_body():
    packed = gzip.compress(b"a" * 100) + gzip.compress(b"b" * 100)
    with RawServer((answer(body=packed, Content_Encoding="gzip"),)) as server:
        assert call(server).body == b"a" * 100 + b"b" * 100


def test_bomb_is_not_inflated():
    bomb = gzip.compress(b"\0" * 50_000_000)
    http = http_session(max_bytes=100_000)
    with RawServer((answer(body=bomb, Content_Encoding="gzip"),)) as server:
        tracemalloc.start()
        with pytest.raises(InvalidAnswer):
            call(server, http)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5_000_000


def test_limit_of_the_call_wins():
    with RawServer((answer(body=b"x" * 2000),)) as server:
        assert len(call(server, http_session(max_bytes=10), max_bytes=2000).body) == 2000


def test_damaged_or_unknown_compression_is_invalid():
    assert isinstance(failure(answer(body=b"zip", Content_Encoding="gzip")), InvalidAnswer)
    assert isinstance(failure(answer(body=b"zip", Content_Encoding="br")), InvalidAnswer)


def test_turns_delay_and_then_refuse():
    now = [0.0]
    naps = []

    def sleep(seconds):
        naps.append(seconds)
        now[0] += seconds

    turns = Turns(MemoryRateLimiter(lambda: now[0]), "calls", Rate(0.5))
    http = http_session(turns=turns, clock=lambda: now[0], sleep=sleep, total_deadline=5)
    with RawServer((answer(body=b"1"),)) as server:
        call(server, http)
        call(server, http)
        assert naps == [2.0]
        with pytest.raises(RateLimited) as caught:
            call(server, http, timeout=1)
        assert caught.value.retry_after == pytest.approx(2.0)
        assert len(server.requests) == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Files of a self-signed certificate for 127.0.0.1, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.timezone.utc)
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    encoding = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(cert.public_bytes(encoding))
    (folder / "key.pem").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def test_self_signed_certificate_is_refused_before_anything_is_sent(tls):
    with RawServer((answer(),), tls=tls) as server:
        with pytest.raises(HostUnreachable) as caught:
            http_session().request("POST", server.url(scheme="https"), json={})
        assert server.requests == []
    assert caught.value.details["cause"] == "tls"
    assert_tells_nothing(caught.value)


def test_certificate_of_the_own_authority_is_trusted_when_said(tls, certificate):
    http = http_session(ca_bundle=str(certificate / "cert.pem"))
    with RawServer((answer(body=b"safe"),), tls=tls) as server:
        assert http.request("GET", server.url(scheme="https")).body == b"safe"
        assert http.request("GET", server.url(scheme="https")).body == b"safe"
        assert server.connections == 1


def test_tls_connection_reset_after_sending_is_unknown(tls, certificate):
    http = http_session(ca_bundle=str(certificate / "cert.pem"))
    with RawServer((reset,), tls=tls) as server, pytest.raises(UnknownOutcome):
        http.request("POST", server.url(scheme="https"), json={})


def test_tls_towards_a_plain_server_is_unreachable():
    with RawServer((), greeting=b"220 mail server\r\n") as server:
        with pytest.raises(HostUnreachable) as caught:
            http_session(connect_timeout=2).request("GET", server.url(scheme="https"))
        assert server.requests == []
    assert caught.value.details["cause"] == "tls"
