"""The demo's digital keys: a pool of its own, a supplier, and an order for both."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.problems import Problem
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer

SUPPLIER = "CodesWholesale (sandbox)"
POOL_PRODUCT = "DEMO-KEYS"
CUSTOMER = "camille.weber@example.com"
REFERENCE = "Demo: keys"
#: One that the vendor's own samples name; the sandbox always has it.
_BOUGHT = "6313677f-5219-47e4-a067-7401f55c5a3a"
_WAIT_SECONDS = 180
_INSTRUCTIONS = "Open the app of the shop, choose Redeem a code, and paste the key."
_TRANSLATED = {
    "fr_FR": "Ouvrez l'application du magasin, choisissez Utiliser un code et collez la clé.",
    "de_DE": "Öffnen Sie die App des Ladens, wählen Sie Code einlösen und fügen Sie den Schlüssel "
    "ein.",
}


@dataclass(frozen=True)
class DemoKeys:
    """What the demo has of digital keys.

    :param catalogue: products of the supplier that are staged
    :param order: id of a quotation for one key of the pool and one that is bought
    """

    channel: int
    catalogue: int
    pool_product: int
    bought_product: int
    order: int
    order_name: str


def prepare(client: XmlRpcClient, sandbox: SandboxServer) -> DemoKeys:
    """Connect supplier and mail server, make both products, and an order to be confirmed."""
    _catch_mails(client, sandbox)
    channel = _connect(client, sandbox)
    catalogue = _read_catalogue(client, channel)
    bought, pool = _bought_product(client, channel), _pool_product(client)
    order = _order(client, pool, bought)
    (name,) = client.call("sale.order", "read", [order], fields=["name"])
    return DemoKeys(channel, catalogue, pool, bought, order, name["name"])


def pay(client: XmlRpcClient, url: str, order: int) -> None:
    """What a salesperson does once the money has come: invoice it, and register the payment.

    :param url: of the server; its buttons answer actions, which XML-RPC cannot carry
    """
    press = _web_client(url, client.database)
    context: dict[str, Any] = {"active_model": "sale.order", "active_ids": [order]}
    values = {"advance_payment_method": "delivered", "sale_order_ids": [(6, 0, [order])]}
    (wizard,) = client.create("sale.advance.payment.inv", [values], context=context)
    press("sale.advance.payment.inv", "create_invoices", [wizard], context)
    (found,) = client.call("sale.order", "read", [order], fields=["invoice_ids"])
    invoices = found["invoice_ids"]
    press("account.move", "action_post", invoices, {})
    context = {"active_model": "account.move", "active_ids": invoices}
    (wizard,) = client.create("account.payment.register", [{}], context=context)
    press("account.payment.register", "action_create_payments", [wizard], context)


def _web_client(
    url: str, database: str, login: str = "admin"
) -> Callable[[str, str, list[int], dict[str, Any]], Any]:
    """Calls methods as the web client does: model, method, ids, context."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def post(path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{url}{path}", data=body, headers=headers)
        with opener.open(request, timeout=120) as reply:
            answer = json.load(reply)
        if "error" in answer:
            raise Problem(f"The demo's order is not paid: {answer['error']['data']['message']}")
        return answer["result"]

    post("/web/session/authenticate", {"db": database, "login": login, "password": login})

    def press(model: str, method: str, ids: list[int], context: dict[str, Any]) -> Any:
        arguments = {"args": [ids], "kwargs": {"context": context}}
        return post("/web/dataset/call_kw", {"model": model, "method": method, **arguments})

    return press


def _catch_mails(client: XmlRpcClient, sandbox: SandboxServer) -> None:
    """No mail of the demo leaves this machine."""
    mail = sandbox.mail
    values = {
        "name": "Sandbox",
        "smtp_host": mail["smtp_host"],
        "smtp_port": mail["smtp_port"],
        "smtp_encryption": "none",
        "sequence": 1,
    }
    known = client.search("ir.mail_server", [("name", "=", "Sandbox")])
    if known:
        client.call("ir.mail_server", "write", known, vals=values)
    else:
        client.create("ir.mail_server", [values])


def _connect(client: XmlRpcClient, sandbox: SandboxServer) -> int:
    """Id of the supplier's channel; the sandbox listens elsewhere each time."""
    supplier = sandbox.supplier
    values: dict[str, Any] = {"api_endpoint": supplier["endpoint"], "is_sandbox": True}
    found = client.search("orion.channel", [("name", "=", SUPPLIER)])
    if found:
        channel = int(found[0])
        client.call("orion.channel", "write", [channel], vals=values)
    else:
        new = {"name": SUPPLIER, "marketplace": "codeswholesale", **values}
        channel = int(client.create("orion.channel", [new])[0])
    key = f"{supplier['client_id']}:{supplier['client_secret']}"
    client.call("orion.channel", "set_credentials", [channel], api_key=key)
    result = client.call("orion.channel", "test_connection", [channel])[0]
    if not result["success"]:
        raise Problem(f"The demo's supplier does not connect: {result['message']}")
    return channel


def _read_catalogue(client: XmlRpcClient, channel: int) -> int:
    """Read the price list; how many products are staged."""
    client.call("orion.channel", "action_codeswholesale_sync", [channel])
    running = [
        ("channel_id", "=", channel),
        ("operation_type", "=", "catalog_sync"),
        ("status", "in", ("pending", "running")),
    ]
    deadline = time.monotonic() + _WAIT_SECONDS
    staged = [("channel_id", "=", channel), ("missing_since", "=", False)]
    while client.call("orion.sync.log", "search_count", domain=running):
        if time.monotonic() > deadline:
            count = client.call("orion.marketplace.product", "search_count", domain=staged)
            raise Problem(
                f"The supplier's catalogue is not read after {_WAIT_SECONDS} s; {count} products "
                f"are. {_last_error(client, channel)} Start the demo again: it goes on from there."
            )
        time.sleep(0.2)
    return int(client.call("orion.marketplace.product", "search_count", domain=staged))


def _last_error(client: XmlRpcClient, channel: int) -> str:
    """What the last run with an error says; nothing where there was none."""
    failed = [("channel_id", "=", channel), ("status", "in", ("failed", "partial"))]
    logs = client.read("orion.sync.log", failed, ["error_details"], limit=1, order="id DESC")
    errors = logs[0]["error_details"] if logs else None
    return str(errors[-1]["message"]) if errors else ""


def _bought_product(client: XmlRpcClient, channel: int) -> int:
    row = client.search(
        "orion.marketplace.product", [("channel_id", "=", channel), ("external_id", "=", _BOUGHT)]
    )
    client.call("orion.marketplace.product", "publish", row)
    (found,) = client.call("orion.marketplace.product", "read", row, fields=["product_id"])
    product = int(found["product_id"][0])
    _instruct(client, product)
    return product


def _pool_product(client: XmlRpcClient) -> int:
    known = client.search("product.product", [("default_code", "=", POOL_PRODUCT)])
    if known:
        return int(known[0])
    values = {
        "name": "Moselle Racer (Demo)",
        "default_code": POOL_PRODUCT,
        "type": "service",
        "orion_is_digital": True,
        "orion_key_source": "pool",
        "orion_platform": "Steam",
        "orion_low_pool_threshold": 3,
        "list_price": 19.9,
    }
    (product,) = client.create("product.product", [values])
    keys = [f"DEMO-{number:04d}-RACER-{number * 7919 % 9973:04d}" for number in range(1, 26)]
    client.call("orion.digital.key", "import_keys", product_id=product, keys=keys, unit_cost=7.5)
    _instruct(client, product)
    return int(product)


def _instruct(client: XmlRpcClient, product: int) -> None:
    """How to activate it, in the languages of the demo."""
    name = "orion_activation_instructions"
    (found,) = client.call("product.product", "read", [product], fields=["product_tmpl_id", name])
    if found[name]:
        return
    template = [found["product_tmpl_id"][0]]
    client.call("product.template", "write", template, vals={name: f"<p>{_INSTRUCTIONS}</p>"})
    client.call(
        "product.template",
        "update_field_translations",
        template,
        field_name=name,
        translations={code: {_INSTRUCTIONS: text} for code, text in _TRANSLATED.items()},
    )


def _order(client: XmlRpcClient, *products: int) -> int:
    """A quotation for a piece of each; the one of a former start is used up first."""
    open_ones = [("client_order_ref", "=", REFERENCE), ("state", "=", "draft")]
    known = client.search("sale.order", open_ones, limit=1)
    if known:
        return int(known[0])
    customers = client.search("res.partner", [("email", "=", CUSTOMER)], limit=1)
    if not customers:
        country = client.search("res.country", [("code", "=", "LU")])[0]
        values = {
            "name": "Camille Weber",
            "email": CUSTOMER,
            "lang": "fr_FR",
            "country_id": country,
            "street": "12, rue du Marché",
            "zip": "L-1234",
            "city": "Luxembourg",
        }
        customers = client.create("res.partner", [values])
    lines = [(0, 0, {"product_id": product, "product_uom_qty": 1}) for product in products]
    (order,) = client.create(
        "sale.order",
        [{"partner_id": customers[0], "client_order_ref": REFERENCE, "order_line": lines}],
    )
    return int(order)
