"""The stand-in of CodesWholesale keeps to what is known of the real one."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from sandbox import CodesWholesaleSandbox
from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, POOR, PREORDER

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


class Client:
    """Calls with a token of its own."""

    def __init__(self, sandbox: CodesWholesaleSandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        reply = self.token()
        self.session.headers["Authorization"] = f"Bearer {reply['access_token']}"

    def token(self, **given: str) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            **given,
        }
        return self.session.post(f"{self.sandbox.endpoint}/oauth/token", data=form).json()

    def get(self, path: str, status: int = 200, **params: str) -> Any:
        reply = self.session.get(f"{self.sandbox.endpoint}/v3/{path}", params=params)
        assert reply.status_code == status, reply.text
        return reply.json()

    def buy(
        self,
        reference: str,
        product: str = ORDINARY,
        quantity: int = 1,
        price: float | None = None,
        status: int = 201,
        *,
        preorder: bool = False,
    ) -> Any:
        if price is None:
            price = self.get(f"products/{product}")["prices"][0]["value"]
        line = {"productId": product, "quantity": quantity, "price": price}
        body = {"allowPreOrder": preorder, "orderId": reference, "products": [line]}
        reply = self.session.post(f"{self.sandbox.endpoint}/v3/orders", json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def pages(self, **params: str) -> Iterator[list[Any]]:
        token = None
        while True:
            given = {**params, **({"continuationToken": token} if token else {})}
            page = self.get("products", **given)
            yield page["items"]
            token = page["continuationToken"]
            if token is None:
                return


@pytest.fixture
def supplier() -> Iterator[CodesWholesaleSandbox]:
    with CodesWholesaleSandbox(products=250) as sandbox:
        sandbox.control.set_clock(NOW, freeze=True)
        sandbox.control.reset(products=250, now=NOW)
        yield sandbox


@pytest.fixture
def client(supplier: CodesWholesaleSandbox) -> Client:
    return Client(supplier)


def test_the_same_token_comes_again_with_the_rest_of_its_life(
    supplier: CodesWholesaleSandbox, client: Client
) -> None:
    first = client.token()
    supplier.control.set_clock(advance=2442)
    second = client.token()
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 1158)
    supplier.control.set_clock(advance=1158)
    assert client.get("accounts/current", 401)["error"] == "invalid_token"
    assert client.token()["access_token"] != first["access_token"]
    assert client.token(client_secret="wrong")["error"] == "invalid_client"
    supplier.control.arm("wrapped_token")
    assert client.token()["tokenType"] == "bearer"


def test_pages_have_everything_once(supplier: CodesWholesaleSandbox, client: Client) -> None:
    pages = list(client.pages())
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({item["productId"] for page in pages for item in page}) == 250
    supplier.control.set_clock(advance=60)
    supplier.control.change(ORDINARY, quantity=7)
    supplier.control.change(IMAGE, listed=False)
    since = {"updatedSince": "2026-11-20T12:00:30Z"}
    (changed,) = client.pages(**since)
    assert [(item["productId"], item["quantity"]) for item in changed] == [
        (ORDINARY, 7),
        (IMAGE, 0),
    ]
    assert changed[1]["prices"] == []
    assert client.get(f"products/{IMAGE}", 404)["code"] == 20001
    client.get("products", 400, createdSince="2026-01-01", **since)
    client.get("products", 400, continuationToken="nonsense")


def test_pages_of_some_products(supplier: CodesWholesaleSandbox, client: Client) -> None:
    (found,) = client.pages(productIds=f"{ORDINARY},{IMAGE},none")
    assert {item["productId"] for item in found} == {ORDINARY, IMAGE}
    everything = {item["productId"] for page in client.pages() for item in page}
    newer = {
        item["productId"]
        for page in client.pages(createdSince=(NOW - timedelta(days=400)).isoformat())
        for item in page
    }
    assert newer < everything
    assert newer
    assert list(client.pages(createdSince=NOW.isoformat())) == [[]]


def test_an_order_is_fulfilled_later(supplier: CodesWholesaleSandbox, client: Client) -> None:
    order = client.buy("SO1-1", quantity=2)
    assert (order["status"], order["products"][0]["codes"]) == ("Fulfilling", [])
    supplier.control.set_clock(advance=1)
    shown = client.get(f"orders/{order['orderId']}")
    codes = shown["products"][0]["codes"]
    assert (shown["status"], shown["clientOrderId"], len(codes)) == ("Completed", "SO1-1", 2)
    assert {code["codeType"] for code in codes} == {"CODE_TEXT"}
    assert client.get(f"codes/{codes[0]['codeId']}")["code"] == codes[0]["code"]
    assert [code["code"] for code in codes] == supplier.control.codes()["SO1-1"]
    invoice = client.get(f"orders/{order['orderId']}/invoice")
    assert base64.b64decode(invoice["body"]).startswith(b"%PDF")
    (past,) = client.get("orders", startFrom="2026-11-20T11:00:00Z")["items"]
    assert (past["orderId"], past["clientOrderId"]) == (order["orderId"], "SO1-1")
    assert "products" not in past
    assert client.get("orders/SO1-1")["orderId"] == order["orderId"]
    supplier.control.configure(finds_by_reference=False)
    client.get("orders/SO1-1", 404)
    assert client.get("orders", startFrom="2026-11-21T00:00:00Z")["items"] == []
    paid = 10_000 - order["totalPrice"]
    assert client.get("accounts/current")["totalToUse"] == pytest.approx(paid)


def test_what_is_refused_costs_nothing(supplier: CodesWholesaleSandbox, client: Client) -> None:
    assert client.buy("a", POOR, status=400)["code"] == 10002
    assert client.buy("b", price=0.5, status=400)["code"] == 20005
    assert client.buy("c", quantity=501, price=1.0, status=400)["code"] == 20002
    assert client.buy("d", "unknown", price=1.0, status=404)["code"] == 20001
    supplier.control.set_balance(0.5)
    assert client.buy("e", status=400)["code"] == 10002
    assert supplier.control.effects()["bought"] == {}


def test_codes_of_what_is_not_released_come_later(
    supplier: CodesWholesaleSandbox, client: Client
) -> None:
    client.buy("early", PREORDER, status=400)
    supplier.control.change(PREORDER, quantity=5)
    client.buy("early", PREORDER, status=400)
    order = client.buy("early", PREORDER, preorder=True)
    supplier.control.set_clock(advance=1)
    (code,) = client.get(f"orders/{order['orderId']}")["products"][0]["codes"]
    assert (code["codeType"], code["code"]) == ("CODE_PREORDER", "")
    assert supplier.control.release(PREORDER) == 1
    assert client.get(f"codes/{code['codeId']}")["code"]


def test_the_history_comes_in_pages(supplier: CodesWholesaleSandbox, client: Client) -> None:
    for number in range(3):
        client.buy(f"h{number}")
    supplier.control.configure(history_page_size=2)
    first = client.get("orders")
    assert [item["clientOrderId"] for item in first["items"]] == ["h2", "h1"]
    last = client.get("orders", continuationToken=first["continuationToken"])
    assert [item["clientOrderId"] for item in last["items"]] == ["h0"]
    assert last["continuationToken"] is None
    client.get("orders", 400, continuationToken="nonsense")


def test_pictures_are_codes_too(supplier: CodesWholesaleSandbox, client: Client) -> None:
    order = client.buy("picture", IMAGE)
    supplier.control.set_clock(advance=1)
    (code,) = client.get(f"orders/{order['orderId']}")["products"][0]["codes"]
    assert code["codeType"] == "CODE_IMAGE"
    assert code["filename"].endswith(".png")
    assert base64.b64decode(code["code"]).startswith(b"\x89PNG")


def test_a_reference_does_not_keep_anybody_from_buying_twice(
    supplier: CodesWholesaleSandbox, client: Client
) -> None:
    client.buy("twice")
    client.buy("twice")
    assert supplier.control.effects()["bought"] == {"twice": 2}
    supplier.control.configure(knows_repeats=True)
    client.buy("twice", status=208)
    assert supplier.control.effects()["bought"] == {"twice": 2}


def test_rate_limits(supplier: CodesWholesaleSandbox, client: Client) -> None:
    for _time in range(49):
        client.token()
    reply = client.session.post(f"{supplier.endpoint}/oauth/token", data={})
    assert reply.status_code == 429
    assert 0 < float(reply.headers["Retry-After"]) <= 300
    for _time in range(400):
        client.get("products", updatedSince="2030-01-01T00:00:00Z")
    client.get("products", 429, updatedSince="2030-01-01T00:00:00Z")
    limited = supplier.control.effects()["limited"]
    assert limited == {"token": 1, "products": 1, "product": 0}


def test_the_score_of_a_buyer(supplier: CodesWholesaleSandbox, client: Client) -> None:
    supplier.control.score("thief@example.com", 2.5)
    address = f"{supplier.endpoint}/v3/security"
    buyer = {"customerEmail": "thief@example.com", "customerIpAddress": "203.0.113.9"}
    assert client.session.post(address, json=buyer).json()["riskScore"] == 2.5
    del buyer["customerIpAddress"]
    assert client.session.post(address, json=buyer).status_code == 400


def test_faults_strike_before_or_after_the_purchase(
    supplier: CodesWholesaleSandbox, client: Client
) -> None:
    price = client.get(f"products/{ORDINARY}")["prices"][0]["value"]
    for when, bought in (("before", 0), ("after", 1)):
        supplier.control.arm("reset", operation="buy", when=when)
        with pytest.raises(requests.ConnectionError):
            client.buy(when, price=price)
        assert supplier.control.effects()["bought"].get(when, 0) == bought
    assert supplier.control.clock.now() - NOW < timedelta(seconds=1)
