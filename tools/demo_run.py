"""`make run`."""

from __future__ import annotations

import time

from tools import demo, demo_keys, postgres
from tools.database import Databases
from tools.environment import Environment
from tools.ports import demand_free
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer
from tools.shell import say

DATABASE = "orion_demo"


def run(environment: Environment) -> int:
    """Start the demo and stay until a person ends it."""
    settings = environment.settings
    demand_free(settings.port, "ORION_PORT")
    with postgres.in_use(settings) as server:
        databases = Databases(server, settings.data)
        demo.ensure_database(environment, databases, DATABASE)
        odoo = OdooServer(environment, server, DATABASE, port=settings.port, name=DATABASE)
        say("Starting the sandbox marketplace and Odoo …")
        with SandboxServer() as sandbox, odoo:
            say("Importing orders …")
            client = XmlRpcClient(odoo.url, DATABASE, demo.LOGIN)
            result = demo.populate(client, sandbox)
            say("Importing and publishing the product feeds …")
            catalogue = demo.import_feeds(client, sandbox, result.channel)
            say("Telling the marketplace the stock …")
            told = demo.send_stock(client, sandbox, result.channel)
            say("Reading the supplier's catalogue …")
            keys = demo_keys.prepare(client, sandbox)
            _tell(result, catalogue, told, keys, odoo, sandbox)
            if _stay(odoo):
                return 0
    say(f"Odoo has ended by itself: why stands in {odoo.log_file}.")
    return 1


def _stay(odoo: OdooServer) -> bool:
    """Wait for the person, or for the end of Odoo; whether it was the person."""
    try:
        while odoo.is_running:
            time.sleep(1)
    except KeyboardInterrupt:
        say("Ending …")
        return True
    return False


def _orders(result: demo.Populated) -> str:
    """What became of the orders that were read; known ones come again after each start."""
    known = result.updated + result.unchanged
    return f"{result.imported} new orders, {known} were known, {result.failed} failed"


def _tell(
    result: demo.Populated,
    catalogue: demo.Catalogue,
    told: int,
    keys: demo_keys.DemoKeys,
    odoo: OdooServer,
    sandbox: SandboxServer,
) -> None:
    print(
        f"""
Orion runs.

  Odoo          {odoo.url}/odoo/marketplaces
  user          {demo.LOGIN}
  password      {demo.LOGIN}
  marketplace   {sandbox.endpoint} (sandbox)
  imported      {_orders(result)}
  feeds         {catalogue.staged} products in three languages, {catalogue.published} published
  exceptions    {result.exceptions} order lines without a product, {catalogue.resolved} of them
                resolved by the published products
  stock         {told} quantities told; watch them at {sandbox.drop["watch"]}
  supplier      {sandbox.supplier["endpoint"]} (sandbox), {keys.catalogue} products
  keys          {odoo.url}/odoo/sales/{keys.order}: confirm {keys.order_name}, invoice it, register
                the payment
  mails         {sandbox.mail["watch"]} (caught; none leaves this machine)

Open Marketplaces > Orders > To confirm. Ctrl-C ends everything.
""",
        flush=True,
    )
