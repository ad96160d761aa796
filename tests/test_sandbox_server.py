"""The stand-in's server: HTTP, the command line, start and stop."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import LetzshopSandbox
from tests.sandbox_client import IDS, SandboxClient

ROOT = Path(__file__).parents[1]


@pytest.fixture
def letzshop() -> Iterator[LetzshopSandbox]:
    with LetzshopSandbox(orders=8) as sandbox:
        yield sandbox


def _raw(letzshop: LetzshopSandbox, text: bytes) -> bytes:
    """What the server answers to bytes, until it closes the connection."""
    address = urlsplit(letzshop.url)
    with socket.create_connection((address.hostname, address.port or 80), timeout=5) as connection:
        connection.sendall(text)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def test_a_connection_is_kept_alive(letzshop: LetzshopSandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(letzshop.url).netloc, timeout=5)
    connection.request("GET", "/_control/state")
    connection.getresponse().read()
    first = connection.sock
    connection.request("GET", "/catalogue.json")
    assert json.loads(connection.getresponse().read())
    assert connection.sock is first


def test_a_body_in_chunks_is_read(letzshop: LetzshopSandbox) -> None:
    body = json.dumps({"query": IDS}).encode()
    response = requests.post(
        letzshop.endpoint,
        data=(body[place : place + 7] for place in range(0, len(body), 7)),
        headers={"Authorization": f"Bearer {letzshop.api_key}"},
        timeout=5,
    )
    assert len(response.json()["data"]["shipments"]["nodes"]) == 5


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 70000 + b"\r\n\r\n", b"431"),
    ],
)
def test_what_is_not_http_is_refused(letzshop: LetzshopSandbox, text: bytes, status: bytes) -> None:
    assert _raw(letzshop, text).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/graphql", None, 405),
        ("POST", "/graphql", b"{", 400),
        ("POST", "/graphql", b"[]", 400),
        ("POST", "/graphql", b'{"query": "{ x }", "variables": 3}', 400),
        ("GET", "/_control/nowhere", None, 404),
        ("POST", "/_control/reset", b"[]", 400),
        ("POST", "/_control/reset", b'{"planets": 3}', 400),
    ],
)
def test_a_wrong_request_gets_a_sentence(
    letzshop: LetzshopSandbox, method: str, path: str, body: bytes | None, status: int
) -> None:
    response = requests.request(method, letzshop.url + path, data=body, timeout=5)
    assert response.status_code == status
    assert response.json()["error"]


def test_a_body_without_query_is_an_error_of_graphql(letzshop: LetzshopSandbox) -> None:
    response = requests.post(letzshop.endpoint, json={}, timeout=5)
    assert response.json() == {"errors": [{"message": "No query string was present"}]}


def test_a_stopped_server_closes_its_connections(letzshop: LetzshopSandbox) -> None:
    client = SandboxClient(letzshop)
    client.ask(IDS)
    letzshop.stop()
    with pytest.raises(requests.ConnectionError):
        client.post(IDS)
    letzshop.start()
    assert client.ask(IDS)["data"]["shipments"]["nodes"]


def test_latency_is_waited_for_side_by_side(letzshop: LetzshopSandbox) -> None:
    letzshop.control.configure(latency_ms=400)
    begin = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        clients = [SandboxClient(letzshop) for _ in range(4)]
        answers = list(pool.map(lambda client: client.ask(IDS), clients))
    assert 0.4 <= time.monotonic() - begin < 4 * 0.4
    assert all(answer["data"] for answer in answers)
    assert letzshop.control.effects()["most_at_once"] == {"default": 4}


def test_the_command_line_says_where_it_serves_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-m", "sandbox", "--orders", "12", "--history", "3", "--seed", "5"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        try:
            assert ready["pid"] == process.pid
            told = ready["letzshop"]
            assert told["endpoint"].startswith("http://127.0.0.1:")
            state = requests.get(told["control"] + "/state", timeout=5).json()
            assert state["unconfirmed"] >= 12
            assert state["keys"]["default"] == told["api_key"]
            assert len(requests.get(told["catalogue"], timeout=5).json()) > 50
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_a_port_in_use_is_told_in_one_sentence(letzshop: LetzshopSandbox) -> None:
    port = str(urlsplit(letzshop.url).port)
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--orders", "0", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} can not be used")
    assert len(done.stderr.splitlines()) == 1
