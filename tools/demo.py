"""The demo: a shop in Luxembourg that sells on the sandbox's Letzshop."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools import addons, templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.problems import Problem
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.settings import REPOSITORY
from tools.shell import say

LOGIN = "admin"
CHANNEL = "Letzshop (sandbox)"
_STOCK = 250
_WAIT_SECONDS = 180
_LABELLED = ("greco", "colissimo", "xpresslogistics")
_LANGUAGES = {"fr": "fr_FR", "de": "de_DE"}
#: A company gets its chart of accounts before anything is booked; later it stays as it is.
_LUXEMBOURG = """
company = env.ref("base.main_company")
country = env.ref("base.lu")
if company.country_id != country:
    company.write({
        "name": "Orion Demo Shop", "country_id": country.id, "street": "1, rue du Marché",
        "zip": "L-1111", "city": "Luxembourg", "email": "shop@example.com",
    })
    env["account.chart.template"].try_loading("lu", company=company, install_demo=False)
    env.ref("base.user_admin").tz = "Europe/Luxembourg"
    env.cr.commit()
print("READY")
"""


@dataclass(frozen=True)
class Populated:
    """What the demo holds, as `orion.channel.import_orders` and the database tell it."""

    channel: int
    imported: int
    updated: int
    unchanged: int
    failed: int
    exceptions: int
    products: int
    message: str


@dataclass(frozen=True)
class Catalogue:
    """What became of the sandbox's product feeds.

    :param resolved: order lines whose product was unknown before.
    """

    staged: int
    published: int
    not_published: int
    resolved: int


def ensure_database(environment: Environment, databases: Databases, name: str) -> None:
    """Make the demo's database, or bring the addons in it up to date."""
    state = environment.settings.cache / f"{name}.digest"
    digest = addons.digest()
    if name not in databases.names(name):
        with templates.in_use(environment, databases) as template:
            databases.copy(template, name)
        _move_to_luxembourg(environment, databases, name)
    elif not state.exists() or state.read_text(encoding="utf-8") != digest:
        say("The addons have changed: updating the demo's database …")
        templates.install_modules(environment, databases, name, addons.installed())
    state.write_text(digest, encoding="utf-8")


def _move_to_luxembourg(environment: Environment, databases: Databases, name: str) -> None:
    configuration = write_configuration(
        environment, databases.server, name, {"log_level": "error"}, f"shell-{name}"
    )
    settings = environment.settings
    result = subprocess.run(
        [settings.python, "-m", "odoo", "shell", "-c", configuration, "--no-http"],
        input=_LUXEMBOURG,
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    if "READY" not in result.stdout:
        log = settings.logs / f"demo-{name}.log"
        log.write_text(result.stdout + result.stderr, encoding="utf-8")
        databases.drop(name)
        raise Problem(f"The demo's company could not be set up: why stands in {log}.")


def populate(client: XmlRpcClient, sandbox: SandboxServer) -> Populated:
    """Create what is missing of products and channel, and import the sandbox's orders."""
    _create_products(client, sandbox.catalogue())
    channel = _connect(client, sandbox)
    _remind(client, sandbox, channel)
    _lead_to_labels(client, sandbox)
    report = client.call("orion.channel", "import_orders", [channel])
    # Only now may the workers import by themselves, or they would be first.
    client.call("orion.channel", "write", [channel], vals={"auto_sync_enabled": True})
    exceptions = client.call(
        "orion.order.exception",
        "search_count",
        domain=[("channel_id", "=", channel), ("status", "=", "pending")],
    )
    return Populated(
        channel=channel,
        imported=report["orders_imported"],
        updated=report["orders_updated"],
        unchanged=report["orders_unchanged"],
        failed=report["orders_failed"],
        exceptions=exceptions,
        products=client.call("product.product", "search_count", domain=[("barcode", "!=", False)]),
        message=report["message"],
    )


def import_feeds(client: XmlRpcClient, sandbox: SandboxServer, channel: int) -> Catalogue:
    """Import the shop's feeds in three languages, publish them, and let orders be matched."""
    waiting = _exceptions(client, channel)
    # the sandbox listens on this machine only, which feeds of the internet may not name
    client.call(
        "ir.config_parameter", "set_param", key="orion_base.allow_private_addresses", value="True"
    )
    addresses = {f"feed_url_{language}": url for language, url in sandbox.feeds.items()}
    client.call("orion.channel", "write", [channel], vals=addresses)
    jobs = [
        client.call(
            "orion.import.job", "start_import",
            channel_id=channel, source_url=url, language=language,
        )["job_id"]
        for language, url in sandbox.feeds.items()
    ]  # fmt: skip
    await_end(client, "orion.import.job", jobs, ("pending", "processing"))
    log = client.call("orion.channel", "publish_products", [channel])["log_id"]
    await_end(client, "orion.sync.log", [log], ("pending", "running"))
    of_channel = [("channel_id", "=", channel)]
    rows = client.read("orion.marketplace.product", of_channel, ["product_id", "published_at",
                       "is_product_created"])  # fmt: skip
    _put_in_stock(client, _without_stock(client, rows))
    matching = client.search(
        "orion.sync.log", [*of_channel, ("operation_type", "=", "exception_match")]
    )
    await_end(client, "orion.sync.log", matching, ("pending", "running"))
    published = sum(bool(row["published_at"]) for row in rows)
    resolved = waiting - _exceptions(client, channel)
    return Catalogue(len(rows), published, len(rows) - published, resolved)


def send_stock(client: XmlRpcClient, sandbox: SandboxServer, channel: int) -> int:
    """Tell the marketplace the stock, in real time from now on; how many quantities it has."""
    drop = sandbox.drop
    place = {
        "letzshop_stock_way": "http",
        "letzshop_stock_address": drop["address"],
        "letzshop_stock_user": drop["user"],
        # the place is another one each time, and nothing is sent there before its password is set
        "stock_sync_enabled": False,
    }
    client.call("orion.channel", "write", [channel], vals=place)
    client.call(
        "orion.channel", "set_credentials", [channel], values={"stock_password": drop["password"]}
    )
    on = {"stock_sync_enabled": True, "sync_strategy": "realtime"}
    client.call("orion.channel", "write", [channel], vals=on)
    await_none(client, "orion.channel", [("id", "=", channel), ("stock_compared_at", "=", False)])
    listings = [("channel_id", "=", channel)]
    await_none(client, "orion.listing", [*listings, ("stock_status", "=", "pending")])
    told = [*listings, ("stock_status", "=", "told")]
    return int(client.call("orion.listing", "search_count", domain=told))


def _exceptions(client: XmlRpcClient, channel: int) -> int:
    pending = [("channel_id", "=", channel), ("status", "=", "pending")]
    return int(client.call("orion.order.exception", "search_count", domain=pending))


def _without_stock(client: XmlRpcClient, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Products that publishing has made, and that have no stock yet."""
    made = [row["product_id"][0] for row in rows if row["is_product_created"]]
    stocked = client.read("stock.quant", [("product_id", "in", made)], ["product_id"])
    return sorted(set(made) - {quant["product_id"][0] for quant in stocked})


def await_end(client: XmlRpcClient, model: str, ids: Sequence[int], waiting: Sequence[str]) -> None:
    """Wait until none of these records has one of these statuses."""
    await_none(client, model, [("id", "in", list(ids)), ("status", "in", list(waiting))])


def await_none(client: XmlRpcClient, model: str, domain: Sequence[Any]) -> None:
    """Wait until no record is left for which this holds."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while client.call(model, "search_count", domain=list(domain)):
        if time.monotonic() > deadline:
            raise Problem(f"The demo does not get ready: {model} still has {list(domain)}.")
        time.sleep(0.2)


def _connect(client: XmlRpcClient, sandbox: SandboxServer) -> int:
    """Id of the demo's channel, connected to the sandbox."""
    found: Sequence[int] = client.search("orion.channel", [("name", "=", CHANNEL)])
    values: dict[str, Any] = {"api_endpoint": sandbox.endpoint, "is_sandbox": True}
    if found:
        channel = found[0]
        # The sandbox listens elsewhere each time, and a key never follows to another address.
        client.call("orion.channel", "write", [channel], vals=values)
    else:
        new = {"name": CHANNEL, "marketplace": "letzshop", **values}
        channel = client.create("orion.channel", [new])[0]
    client.call("orion.channel", "set_credentials", [channel], api_key=sandbox.api_key)
    result = client.call("orion.channel", "test_connection", [channel])[0]
    if not result["success"]:
        raise Problem(f"The demo's channel does not connect: {result['message']}")
    return channel


def _remind(client: XmlRpcClient, sandbox: SandboxServer, channel: int) -> None:
    """The sandbox starts anew each time: tell it what the demo has decided before."""
    for state, available in (("confirmed_available", True), ("confirmed_unavailable", False)):
        decided = [("channel_id", "=", channel), ("state", "=", state)]
        rows = client.read("letzshop.inventory.unit", decided, ["external_id"])
        units = [row["external_id"] for row in rows]
        if units:
            sandbox.control("POST", "decide", units=units, available=available)


def _lead_to_labels(client: XmlRpcClient, sandbox: SandboxServer) -> None:
    """The marketplace's carriers have their labels in the sandbox, which is on loopback."""
    client.call(
        "ir.config_parameter",
        "set_param",
        key="orion_base.allow_private_addresses",
        value="True",
    )
    carriers = client.search("delivery.carrier", [("orion_code", "in", _LABELLED)])
    client.call(
        "delivery.carrier",
        "write",
        carriers,
        vals={"orion_label_url_prefix": sandbox.label_prefix},
    )


def _create_products(client: XmlRpcClient, catalogue: Sequence[dict[str, Any]]) -> None:
    """Create those products of the marketplace that are not there yet, with stock."""
    rows = {row["gtin"] or row["sku"]: row for row in catalogue}
    known = client.read("product.product", [("default_code", "!=", False)], ["default_code"])
    present = {product["default_code"] for product in known}
    missing = [row for row in rows.values() if row["sku"] not in present]
    if not missing:
        return
    taxes = _sale_taxes(client)
    ids = client.create("product.product", [_product(row, taxes) for row in missing])
    for code, language in _LANGUAGES.items():
        for product, row in zip(ids, missing, strict=True):
            if row["name"].get(code):
                client.call(
                    "product.product",
                    "write",
                    [product],
                    vals={"name": _title(row, code)},
                    context={"lang": language},
                )
    _put_in_stock(client, ids)


def _sale_taxes(client: XmlRpcClient) -> dict[float, int]:
    """A Luxembourgish sale tax of each rate, those on goods first."""
    taxes = client.read(
        "account.tax",
        [("type_tax_use", "=", "sale"), ("amount_type", "=", "percent")],
        ["amount"],
        order="sequence, id",
    )
    chosen: dict[float, int] = {}
    for tax in taxes:
        chosen.setdefault(tax["amount"], tax["id"])
    return chosen


def _product(row: dict[str, Any], taxes: dict[float, int]) -> dict[str, Any]:
    rate = float(row["tax_rate"] or 0)
    return {
        "name": _title(row, "en"),
        "default_code": row["sku"],
        "barcode": row["gtin"] or False,
        "list_price": float(row["list_price"]),
        "weight": float(row["weight"] or 0),
        "is_storable": True,
        "taxes_id": [(6, 0, [taxes[rate]] if rate in taxes else [])],
    }


def _title(row: dict[str, Any], code: str) -> str:
    names = row["name"]
    title = names.get(code) or names.get("en") or next(filter(None, names.values()), row["sku"])
    return f"{title} ({row['option']})" if row["option"] else str(title)


def _put_in_stock(client: XmlRpcClient, products: Sequence[int]) -> None:
    location = client.search("stock.location", [("usage", "=", "internal")], limit=1)[0]
    client.create(
        "stock.quant",
        [
            {
                "product_id": product,
                "location_id": location,
                "inventory_quantity_auto_apply": _STOCK,
            }
            for product in products
        ],
        context={"inventory_mode": True},
    )
