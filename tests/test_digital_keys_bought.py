"""Keys of the pool and of a supplier, from the click of a salesperson to the customer's mail."""

from __future__ import annotations

import html
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Page, browsing
from tests.support.stage import Stage
from tests.support.store import Store
from tools import demo, demo_keys
from tools.demo_keys import DemoKeys
from tools.log_check import Allowed
from tools.rpc import XmlRpcClient
from tools.sandbox_server import SandboxServer

_SECONDS = 90
_CONFIRM = "button[name=action_confirm].btn-primary, button[name=action_confirm]"
_LINK = re.compile(r'href="([^"]*/orion/keys/[^"]+)"')
#: Here a mail server answers, unlike in other tests.
_SEND_MAILS = """
UPDATE ir_cron SET active = TRUE WHERE id IN (
    SELECT res_id FROM ir_model_data
     WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action')
RETURNING id
"""
#: As if minutes had passed: nobody owns what the killed worker had.
_LEASES_END = (
    "UPDATE orion_operation SET lease_until = now() AT TIME ZONE 'UTC' - interval '1 minute'"
    " WHERE status = 'processing' RETURNING id"
)
#: What a server that is killed in the middle of a call may leave in the log of the next one.
_KILLED = Allowed(re.compile(r"killed", re.IGNORECASE), "it was killed")


class Way:
    """A database, its server, and the stand-ins."""

    def __init__(self, stage: Stage, database: str, sandbox: SandboxServer) -> None:
        self.stage = stage
        self.database = database
        self.sandbox = sandbox

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        return self.stage.databases.query(self.database, statement, parameters)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + _SECONDS
        while not (found := condition()):
            assert time.monotonic() < deadline, f"not within {_SECONDS} s: {what}\n{self.told()}"
            time.sleep(0.1)
        return found

    def pieces(self) -> list[Any]:
        return self.query(
            "SELECT p.state, p.reason, b.state, b.reason_text FROM orion_digital_piece p"
            " LEFT JOIN orion_key_purchase b ON b.id = p.purchase_id ORDER BY p.id"
        )

    def told(self) -> list[Any]:
        """What helps who reads why something did not come."""
        mails = self.query("SELECT state, failure_reason, email_to FROM mail_mail ORDER BY id")
        return [*self.pieces(), *mails]

    def all_delivered(self) -> bool:
        states = {piece[0] for piece in self.pieces()}
        return states == {"delivered"}

    def bought(self) -> dict[str, int]:
        return dict(self.sandbox.control_supplier("GET", "effects")["bought"])

    def codes(self) -> list[str]:
        sold = self.sandbox.control_supplier("GET", "codes")
        return [code for codes in sold.values() for code in codes]

    def mails_with(self, *codes: str) -> list[str]:
        mails = [mail for mail in self.sandbox.mails() if demo_keys.CUSTOMER in mail["to"]]
        return [mail["html"] for mail in mails if all(code in mail["html"] for code in codes)]


@pytest.fixture(scope="module")
def way(stage: Stage) -> Iterator[Way]:
    with (
        SandboxServer("--orders=0", "--history=0", "--supplier-products=300") as sandbox,
        stage.clone() as database,
    ):
        stage.shell(database, demo._LUXEMBOURG)
        stage.databases.query(database, _SEND_MAILS)
        yield Way(stage, database, sandbox)


def test_sold_in_the_browser_sent_by_mail_shown_in_the_portal(
    way: Way, stage: Stage, tmp_path: Path
) -> None:
    kept = Path(os.environ.get("ORION_SCREENSHOTS", tmp_path))
    with stage.running(way.database) as servers:
        client = Store(stage, servers).client()
        keys = demo_keys.prepare(client, way.sandbox)
        assert keys.catalogue == 300
        with browsing(servers[0]) as page:
            _sell(page, keys, kept)
            way.wait(way.all_delivered, "delivered keys")
            (bought,) = way.codes()
            # one e-mail, unless the purchase takes longer than keys of the pool wait for it
            way.wait(lambda: way.mails_with("DEMO-0001-RACER"), "the mail with the pool's key")
            (body,) = way.wait(lambda: way.mails_with(bought), "the mail with the bought key")
            assert "Utiliser un code" in body
            assert list(way.bought().values()) == [1]
            way.wait(lambda: _status(client, keys) == "fulfilled", "the order to be fulfilled")
            page.open(f"/odoo/sales/{keys.order}")
            page.wait_for("document.body.innerText.includes('Camille')")
            page.screenshot(kept / "order_with_keys.png")
            assert bought not in page.run("document.documentElement.outerHTML")
            _look_at_channel(page, keys, kept)
            _look_at_portal(page, html.unescape(_LINK.findall(body)[0]), bought, kept)
        assert way.query("SELECT count(*) FROM mail_mail WHERE body_html LIKE %s", f"%{bought}%") \
            == [(0,)]  # fmt: skip
        seen = way.query("SELECT count(*) FROM orion_digital_piece WHERE first_seen_at IS NOT NULL")
        assert seen == [(1,)]


def _sell(page: Page, keys: DemoKeys, kept: Path) -> None:
    """Confirm, invoice and register the payment, as a salesperson does."""
    page.open(f"/odoo/sales/{keys.order}")
    page.wait_for("document.querySelector('.o_form_view')")
    page.screenshot(kept / "quotation.png")
    page.click(_CONFIRM)
    page.wait_for("document.querySelector('button#create_invoice')")
    page.run("document.querySelector('button#create_invoice').click()")
    page.click(".modal button[name=create_invoices]")
    page.click("button[name=action_post].btn-primary, button[name=action_post]")
    page.click("button[name=action_register_payment]")
    page.click(".modal button[name=action_create_payments]")
    page.wait_for("!document.querySelector('.modal')")


def _status(client: XmlRpcClient, keys: DemoKeys) -> str:
    (order,) = client.call("sale.order", "read", [keys.order], fields=["orion_status"])
    return str(order["orion_status"])


def _look_at_channel(page: Page, keys: DemoKeys, kept: Path) -> None:
    page.open(f"/odoo/action-orion_base.action_orion_channel/{keys.channel}")
    page.click("a[name=keys]")
    page.wait_for("document.querySelector('div[name=key_usable]')")
    page.screenshot(kept / "channel_balance.png")
    page.click("a[name=codeswholesale]")
    page.wait_for("document.querySelector('div[name=codeswholesale_margin]')")
    page.screenshot(kept / "channel_catalogue.png")
    page.open("/odoo/marketplace-codeswholesale")
    page.wait_for("document.querySelectorAll('.o_data_row').length > 20")
    page.screenshot(kept / "catalogue.png")
    row = "Array.from(document.querySelectorAll('.o_data_row')).find(r => r.innerText.includes"
    page.wait_for(f"{row}('Steam'))")
    page.run(f"{row}('Steam')).querySelector('td[name=title]').click()")
    page.wait_for("document.querySelector('.o_form_view .o_form_sheet')")
    page.screenshot(kept / "staged_product.png")


def _look_at_portal(page: Page, address: str, bought: str, kept: Path) -> None:
    """The page behind the mail's address shows the key that was bought, once it is asked for."""
    page.run(f"window.location = {address!r}")
    page.wait_for("location.pathname.startsWith('/orion/keys/') && document.querySelector('main')")
    assert bought not in page.run("document.documentElement.outerHTML")
    page.screenshot(kept / "portal_masked.png")
    masked = bought[:4]
    page.wait_for(f"document.body.innerText.includes({masked!r})")
    page.run(
        "Array.from(document.querySelectorAll('.o_orion_key, [data-piece-id]'))"
        f".find(e => e.innerText.includes({masked!r})).querySelector('button').click()"
    )
    page.wait_for(f"document.body.innerText.includes({bought!r})")
    page.screenshot(kept / "portal_revealed.png")


def test_a_purchase_whose_answer_never_comes_is_bought_once(way: Way, stage: Stage) -> None:
    """The server is killed while it waits for the answer; the next one asks the history first."""
    with stage.running(way.database, allowed=(_KILLED,)) as (server,):
        client = stage.xml_rpc(server)
        keys = demo_keys.prepare(client, way.sandbox)
        before = way.bought()
        # the history alone says what was bought
        way.sandbox.control_supplier("POST", "settings", finds_by_reference=False)
        way.sandbox.control_supplier(
            "POST", "faults", kind="hang", operation="buy", when="after", seconds=120
        )
        client.call("sale.order", "action_confirm", [keys.order])
        demo_keys.pay(client, server.url, keys.order)
        way.wait(lambda: len(way.bought()) > len(before), "the purchase at the supplier")
        server.kill()
        ordered = way.query("SELECT count(*) FROM orion_digital_piece WHERE state = 'ordered'")
        assert ordered == [(1,)]
        way.query(_LEASES_END)
        server.start()
        way.wait(way.all_delivered, "the key that was bought")
        fresh = {name: count for name, count in way.bought().items() if name not in before}
        assert list(fresh.values()) == [1]
        history = way.sandbox.control_supplier("GET", "requests", operation="history")
        assert history, "nobody has asked what is true"
        newest = way.codes()[-1]
        way.wait(lambda: way.mails_with(newest), "the mail")
