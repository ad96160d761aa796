import contextlib
import socket
import tempfile
import tracemalloc

import pytest

from odoo.addons.orion_base.lib import safe_url
from odoo.addons.orion_base.lib.errors import HostUnreachable, InvalidAnswer, Rejected
from odoo.addons.orion_base.lib.http_session import HttpSession
from odoo.addons.orion_base.lib.safe_url import (
    PublicAddresses,
    UnsafeUrl,
    fetch_url,
    is_public,
    url_secrets,
)

from .raw_server import RawServer, answer


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "localhost",
        "",
    ],
)
def test_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "https://10.1.2.3:8443/x",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://0/",
        "http://user:secret@127.0.0.1/",
        "http://8.8.8.8@127.0.0.1/",
    ],
)
def test_own_network_is_not_called(url):
    with pytest.raises(UnsafeUrl):
        fetch_url(url)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://8.8.8.8/", "gopher://8.8.8.8/", "//8.8.8.8/", "", "http://"],
)
def test_other_schemes_are_refused(url):
    with pytest.raises(Rejected):
        fetch_url(url)
    with pytest.raises(UnsafeUrl):
        PublicAddresses().check_url(url)


def test_loopback_is_not_even_connected_to():
    with RawServer((answer(),)) as server:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(UnsafeUrl):
                fetch_url(f"http://{host}:{server.port}/")
        assert server.connections == 0


def test_allowed_in_settings():
    with RawServer((answer(body=b"feed"),)) as server:
        assert fetch_url(f" {server.url()} ", allow_private=True).body == b"feed"


def test_limits():
    with RawServer((answer(body=b"x" * 2000),)) as server, pytest.raises(InvalidAnswer):
        fetch_url(server.url(), allow_private=True, max_bytes=1000)


def test_name_that_resolves_anew_gains_nothing():
    """The name is public when it is looked at, and leads to loopback when it is called."""

    def harmless(host, port, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]

    with RawServer((answer(),)) as server:
        http = HttpSession(guard=PublicAddresses(resolve=harmless))
        with pytest.raises(UnsafeUrl):
            http.request("GET", f"http://localhost:{server.port}/")
        assert server.requests == []


def test_one_private_address_among_public_ones_is_enough():
    def both(host, port, **_kwargs):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("8.8.8.8", "192.168.0.1")
        ]

    with pytest.raises(UnsafeUrl):
        PublicAddresses(resolve=both).check_host("example.com", 80)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/", "http://[::1]:{port}/", "http://127.2:{port}/"]
)
def test_redirect_into_the_own_network_is_refused(monkeypatch, target):
    real = safe_url.is_public
    monkeypatch.setattr(
        safe_url, "is_public", lambda address: address == "127.0.0.1" or real(address)
    )
    with RawServer((answer(body=b"inner"),), host="127.0.0.2") as inner:
        moved = answer("302 Found", Location=target.format(port=inner.port))
        with RawServer((moved,)) as outer:
            with pytest.raises(UnsafeUrl):
                fetch_url(outer.url())
            assert len(outer.requests) == 1
        assert inner.connections == 0


def test_unknown_name_is_unreachable(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(HostUnreachable):
        fetch_url("http://nowhere.invalid/")


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    with RawServer((answer(body=b"proxy"),)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        with pytest.raises(UnsafeUrl):
            fetch_url("http://127.0.0.2:9/")
        assert proxy.requests == []


def test_secrets_of_a_url():
    found = url_secrets("https://me:p%40ss@shop.test/feed?token=a%26b&lang=fr")
    assert {"me", "p@ss", "p%40ss", "a&b"} <= set(found)


def test_body_goes_into_a_file():
    body = bytes(range(256)) * 1000
    with RawServer((answer(body=body),)) as server, tempfile.TemporaryFile() as target:
        found = fetch_url(server.url(), allow_private=True, target=target)
        target.seek(0)
        assert (found.body, target.read()) == (b"", body)


def test_only_the_beginning_is_wanted():
    with RawServer((answer(body=b"x" * 5000),)) as server, tempfile.TemporaryFile() as target:
        fetch_url(server.url(), allow_private=True, target=target, max_bytes=1000, cut=True)
        assert target.tell() == 1000


def test_refusals_leave_the_file_alone():
    said = answer("404 Not Found", body=b"no such page")
    with RawServer((said,)) as server, tempfile.TemporaryFile() as target:
        with pytest.raises(Rejected):
            fetch_url(server.url(), allow_private=True, target=target)
        assert target.tell() == 0


@pytest.mark.parametrize("announced", [True, False])
def test_two_gigabytes_end_at_the_limit_and_take_no_memory(announced):
    limit = 3 * 1024 * 1024
    sent = 0

    def endless(connection):
        nonlocal sent
        head = "HTTP/1.1 200 OK\r\n"
        head += f"Content-Length: {2 * 1024**3}\r\n" if announced else ""
        connection.sendall(f"{head}\r\n".encode())
        with contextlib.suppress(OSError):
            while sent < 2 * 1024**3:
                sent += connection.send(b"x" * 65536)
        connection.close()

    with RawServer((endless,)) as server, tempfile.TemporaryFile() as target:
        tracemalloc.start()
        with pytest.raises(InvalidAnswer) as caught:
            fetch_url(server.url(), allow_private=True, target=target, max_bytes=limit)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert caught.value.details["cause"] == "too large"
        assert target.tell() == (0 if announced else limit)
        assert peak < 2 * 1024 * 1024
