"""A shop with users of several kinds, connected to a stand-in, for tests of the protocols."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.protocols import Caller, OverJson2, OverXmlRpc
from tests.support.stage import Stage
from tools import demo
from tools.log_check import Allowed
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer

MANAGER, CLERK, NOBODY, STRANGER = "admin", "clerk", "nobody", "stranger"
LOGINS = (MANAGER, CLERK, NOBODY, STRANGER)
PROTOCOLS = ("xmlrpc", "json2")
_OPEN = ("pending", "processing", "unknown")
_WAIT_SECONDS = 60
_ALLOWED = (
    Allowed(
        re.compile(r"^odoo\.http: (?!.*Traceback)", re.DOTALL),
        "Odoo logs the sentence of each call that it refuses over JSON-2",
    ),
    Allowed(
        re.compile(
            r"^odoo\..*((cursor|connection) already closed|connection pointer is NULL)", re.DOTALL
        ),
        "Odoo closes connections under its cron threads when it is stopped",
    ),
)

#: Makes the users and a key for each; the stranger is Manager of another company.
_USERS = """
import datetime, json
other = env["res.company"].create({"name": "Other Shop"})
groups = {
    "clerk": [env.ref("orion_base.group_orion_user").id,
              env.ref("sales_team.group_sale_salesman_all_leads").id],
    "nobody": [env.ref("base.group_user").id],
    "stranger": [env.ref("orion_base.group_orion_manager").id,
                 env.ref("sales_team.group_sale_manager").id],
}
for login, ids in groups.items():
    company = other if login == "stranger" else env.ref("base.main_company")
    env["res.users"].create({
        "name": login.title(), "login": login, "password": login, "group_ids": [(6, 0, ids)],
        "company_id": company.id, "company_ids": [(6, 0, company.ids)],
    })
expiry = datetime.datetime.now() + datetime.timedelta(days=1)
keys = {}
for login in ("admin", *groups):
    user = env["res.users"].search([("login", "=", login)])
    keys[login] = env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expiry)
channel = env["orion.channel"].create(
    {"name": "Theirs", "marketplace": "letzshop", "company_id": other.id}
)
env.cr.commit()
print("ANSWER", json.dumps({"keys": keys, "foreign": channel.id}))
"""


@dataclass(frozen=True)
class Order:
    """An imported order that waits for a decision.

    :ivar units: the marketplace's ids of its pieces.
    """

    id: int
    shipment: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Shop:
    """A running Odoo with a channel, and clients of its users."""

    odoo: OdooServer
    sandbox: SandboxServer
    channel: int
    foreign_channel: int
    storefront_order: int
    keys: dict[str, str]
    _callers: dict[tuple[str, str], Caller] = field(default_factory=dict)

    def caller(self, protocol: str, login: str = MANAGER) -> Caller:
        """A client of a user; logging in takes its time, so it is kept."""
        known = self._callers.get((protocol, login))
        if known is None:
            url, database = self.odoo.url, self.odoo.database
            if protocol == "xmlrpc":
                known = OverXmlRpc(url, database, login)
            else:
                known = OverJson2(url, database, self.keys[login])
            self._callers[protocol, login] = known
        return known

    def new_orders(self, count: int = 1, **arguments: Any) -> list[Order]:
        """Orders made at the marketplace and imported, all of whose products are known."""
        shipments = self.sandbox.control("POST", "orders", count=count, **arguments)["shipments"]
        client = self.caller("xmlrpc")
        result = client.call(
            "orion.channel", "import_orders", [self.channel], external_ids=shipments
        )
        assert result["orders_imported"] == count, result
        rows = client.call(
            "sale.order",
            "search_read",
            domain=[("orion_external_id", "in", shipments)],
            fields=["orion_external_id"],
        )
        ids = {row["orion_external_id"]: row["id"] for row in rows}
        self._choose_products(client, list(ids.values()))
        return [Order(ids[name], name, self._units(name)) for name in shipments]

    def _choose_products(self, client: Caller, orders: Sequence[int]) -> None:
        """Some goods of the marketplace are in nobody's books: a person chooses products."""
        missing = [("order_id", "in", list(orders)), ("orion_needs_product_match", "=", True)]
        lines = client.call("sale.order.line", "search", domain=missing)
        if lines:
            product = client.create("product.product", {"name": "Chosen by hand"})
            client.call("sale.order.line", "write", lines, vals={"product_id": product})

    def _units(self, shipment: str) -> tuple[str, ...]:
        view = self.sandbox.control("GET", f"shipments/{shipment}")
        return tuple(unit["id"] for unit in view["units"])

    def settle(self, operations: Sequence[int]) -> list[str]:
        """Wait until nothing is open or left to apply; the statuses then."""
        client = self.caller("xmlrpc")
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            rows = client.call(
                "orion.operation", "read", list(operations), fields=["status", "applied"]
            )
            if not any(row["status"] in _OPEN or not row["applied"] for row in rows):
                return [row["status"] for row in rows]
            assert time.monotonic() < deadline, rows
            time.sleep(0.2)

    def accepted_order(self, **arguments: Any) -> Order:
        """An order that the marketplace has accepted."""
        (order,) = self.new_orders(**arguments)
        result = self.caller("xmlrpc").call("sale.order", "orion_confirm", [order.id])
        assert self.settle(result["operation_ids"]) == ["completed"]
        return order


@contextmanager
def open_shop(stage: Stage) -> Iterator[Shop]:
    """A shop of one's own; its log holds no surprise in the end."""
    with stage.clone() as database, SandboxServer("--orders=4", "--history=4") as sandbox:
        made = stage.shell(database, _USERS)
        with stage.running(database, allowed=_ALLOWED) as (odoo,):
            client = XmlRpcClient(odoo.url, database)
            populated = demo.populate(client, sandbox)
            # Only what a test asks for is imported, so that armed faults meet nothing else.
            by_hand = {"auto_sync_enabled": False}
            client.call("orion.channel", "write", [populated.channel], vals=by_hand)
            partner = client.create("res.partner", [{"name": "Walk-in customer"}])[0]
            order = client.create("sale.order", [{"partner_id": partner}])[0]
            yield Shop(odoo, sandbox, populated.channel, made["foreign"], order, made["keys"])
