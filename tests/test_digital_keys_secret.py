"""No key in clear anywhere: database, files, logs, mails in the queue, reads of every group."""

from __future__ import annotations

import base64
import html
import json
import re
import time
import urllib.request
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Page, browsing
from tests.support.shop import _ALLOWED
from tests.support.stage import Stage
from tools import demo, demo_keys
from tools.sandbox_server import SandboxServer
from tools.server import OdooServer

_SECONDS = 90
_WAKE_MAIL_QUEUE = """
UPDATE ir_cron SET active = TRUE WHERE id IN (
    SELECT res_id FROM ir_model_data
     WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action')
RETURNING id
"""
#: Where a key could stand.
_READ_OVER_RPC = (
    "orion.digital.key", "orion.digital.piece", "orion.key.purchase", "sale.order", "mail.mail",
    "mail.message",
)  # fmt: skip
#: Keys that come in by each way; the fifth is bought at the supplier.
BY_PROGRAM = "SECRET-BY-PROGRAM-0815"
BY_DIALOG = "SECRET-BY-DIALOG-4711"
BY_FILE = "SECRET-BY-FILE-0042"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"SECRET-IN-A-PICTURE-1234567890"

_IMPORT_PICTURE = """
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys
product = env["product.product"].browse({product})
batch = env["orion.digital.key"]._make_batch(product, env.company, "file")
add_keys(batch, [NewKey({picture!r}, kind="image", filename="code.png")])
env.cr.commit()
"""
#: Reads, exports and copies whatever each group may, as somebody who is in this group.
_READ_AS_EVERYBODY = """
import base64, json
needles = json.loads({needles!r})
users = env["res.users"].with_context(no_reset_password=True)
company = env.ref("base.main_company")
found, counts = [], {{"groups": 0, "read": 0}}

def look(who, model, text):
    counts["read"] += 1
    found.extend(f"{{who}}: {{model}}: {{name}}" for name, one in needles.items() if one in text)

def everything(records):
    names = [name for name in records._fields if records._has_field_access(
        records._fields[name], "read")]
    answers = []
    for ask in (
        lambda: records.read(names),
        lambda: records.export_data([name for name in names if records._fields[name].exportable]),
    ):
        try:
            with env.cr.savepoint():
                answers.append(repr(ask()))
        except Exception as error:
            answers.append(str(error))
    return " ".join(answers)

def look_as(user, models):
    for model in models:
        records = env[model].with_user(user).with_context(lang="en_US")
        try:
            with env.cr.savepoint():
                records = records.search([], limit=8, order="id desc")
        except Exception:
            continue
        if records:
            look(user.login, model, everything(records))

own = [name for name, model in env.items()
       if name.startswith("orion.") and not model._abstract]
others = ["sale.order", "sale.order.line", "product.product", "mail.mail", "mail.message",
          "ir.attachment", "ir.config_parameter", "bus.bus"]
groups = env["res.groups"].search([])
for group in groups:
    is_other = group.id in (env.ref("base.group_portal") | env.ref("base.group_public")).ids
    ids = group.ids if is_other else (group | env.ref("base.group_user")).ids
    try:
        with env.cr.savepoint():
            user = users.create({{"name": "G", "login": f"group-{{group.id}}",
                                  "group_ids": [(6, 0, ids)]}})
    except Exception:
        continue
    counts["groups"] += 1
    look_as(user, own + others)
# those who may most, everything there is
everything_there_is = [name for name, model in env.items()
                       if not model._abstract and model._auto]
look_as(env.ref("base.user_admin"), everything_there_is)
env.cr.rollback()
print("ANSWER", json.dumps({{**counts, "found": found}}))
"""


@dataclass
class Shop:
    """A server that logs all it can, and what was sold there."""

    stage: Stage
    server: OdooServer
    sandbox: SandboxServer
    keys: demo_keys.DemoKeys

    @property
    def secrets(self) -> dict[str, str]:
        """Each key, also as it would stand in base64 and in a dump of bytes."""
        sold = self.sandbox.control_supplier("GET", "codes")
        (bought,) = [code for codes in sold.values() for code in codes]
        plain = {"program": BY_PROGRAM, "dialog": BY_DIALOG, "file": BY_FILE, "bought": bought}
        raw = {name: text.encode() for name, text in plain.items()} | {"picture": PICTURE[8:]}
        needles = {}
        for name, value in raw.items():
            needles[name] = value.decode()
            needles[f"{name} in hex"] = value.hex()
            needles |= {f"{name} in base64 {n}": text for n, text in enumerate(_in_base64(value))}
        return needles

    def mails(self) -> list[dict[str, Any]]:
        return [mail for mail in self.sandbox.mails() if demo_keys.CUSTOMER in mail["to"]]


def _in_base64(value: bytes) -> Iterator[str]:
    """What of it shows in base64, wherever it begins in what was encoded."""
    for start in range(3):
        # the first and last characters depend on the neighbours
        whole = base64.b64encode(b"\0" * start + value).decode()
        yield whole[4 : (len(value) + start) // 3 * 4]


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Iterator[Shop]:
    """Keys by every way, sold, sent, and looked at by staff and customer."""
    options = {"log_level": "debug"}
    with (
        SandboxServer("--orders=0", "--history=0", "--supplier-products=300") as sandbox,
        _shop_in_luxembourg(stage) as database,
        stage.running(database, options=options, allowed=_ALLOWED) as (server,),
    ):
        client = stage.xml_rpc(server)
        keys = demo_keys.prepare(client, sandbox)
        shop = Shop(stage, server, sandbox, keys)
        client.call("res.users", "write", [2], vals={"lang": "en_US"})
        _import_keys(shop)
        _sell(shop)
        with browsing(server) as page:
            _look(shop, page)
        _keep_mails(shop)
        yield shop


@contextmanager
def _shop_in_luxembourg(stage: Stage) -> Iterator[str]:
    """Its currency is the supplier's, and its mail queue works."""
    with stage.clone() as database:
        stage.shell(database, demo._LUXEMBOURG)
        stage.databases.query(database, _WAKE_MAIL_QUEUE)
        yield database


def _import_keys(shop: Shop) -> None:
    """By a program, by the dialog pasted and as a file, and a picture; some twice."""
    client = shop.stage.xml_rpc(shop.server)
    product = shop.keys.pool_product
    # what the demo has put there is no secret
    shop.stage.databases.query(
        shop.server.database,
        "UPDATE orion_digital_key SET state = 'invalid' RETURNING id",
    )
    for call in (client, shop.stage.json2(shop.server)):
        call.call("orion.digital.key", "import_keys", product_id=product, keys=[BY_PROGRAM])
    for values in (
        {"source": "paste", "pasted": f"{BY_DIALOG}\n{BY_DIALOG}"},
        {
            "source": "file",
            "filename": "keys.csv",
            "content": base64.b64encode(f"key\n{BY_FILE}\n".encode()).decode(),
        },
    ):
        (wizard,) = client.create("orion.key.import", [{"product_id": product, **values}])
        client.call("orion.key.import", "action_preview", [wizard])
        client.call("orion.key.import", "action_import", [wizard])
    script = _IMPORT_PICTURE.format(product=product, picture=PICTURE)
    shop.stage.shell(shop.server.database, script)


def _sell(shop: Shop) -> None:
    client = shop.stage.xml_rpc(shop.server)
    for line in client.read(
        "sale.order.line", [("order_id", "=", shop.keys.order)], ["product_id"]
    ):
        quantity = 4 if line["product_id"][0] == shop.keys.pool_product else 1
        # what is free is paid
        values = {"product_uom_qty": quantity, "price_unit": 0, "discount": 0}
        client.call("sale.order.line", "write", [line["id"]], vals=values)
    client.call("sale.order", "action_confirm", [shop.keys.order])
    deadline = time.monotonic() + _SECONDS
    while (
        client.read("sale.order", [("id", "=", shop.keys.order)], ["orion_status"])[0][
            "orion_status"
        ]
        != "fulfilled"
        or not shop.mails()
    ):
        assert time.monotonic() < deadline, client.read(
            "orion.digital.piece", [], ["state", "reason"]
        )
        time.sleep(0.2)


def _keep_mails(shop: Shop) -> None:
    """One e-mail that was sent stays in the queue, and one that found no mail server."""
    client = shop.stage.xml_rpc(shop.server)
    templates = client.search("mail.template", [("name", "=", "Digital Keys: Delivery")])
    client.call("mail.template", "write", templates, vals={"auto_delete": False})
    client.call("sale.order", "orion_resend_keys", [shop.keys.order])
    _wait_for_mail(client, ("state", "=", "sent"))
    servers = client.search("ir.mail_server", [])
    client.call("ir.mail_server", "write", servers, vals={"smtp_host": "127.0.0.1", "smtp_port": 1})
    client.call("sale.order", "orion_resend_keys", [shop.keys.order])
    # it is sent again later
    _wait_for_mail(client, ("orion_retry_count", ">", 0))


def _wait_for_mail(client: Any, condition: tuple[str, str, Any]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not client.search("mail.mail", [("model", "=", "sale.order"), condition]):
        assert time.monotonic() < deadline, client.read("mail.mail", [], ["state"])
        time.sleep(0.2)


def _look(shop: Shop, page: Page) -> None:
    """A Manager reveals a key, and the customer one by the address in the mail."""
    client = shop.stage.xml_rpc(shop.server)
    (key,) = client.search("orion.digital.key", [("kind", "=", "text")], limit=1, order="id desc")
    page.open("/odoo")
    ask = (
        "fetch('/orion/key/%s/reveal', {method: 'POST', headers: {'Content-Type':"
        " 'application/json'}, body: JSON.stringify({params: {}})}).then(r => r.text())"
        ".then(text => window.orionAnswer = text)"
    )
    page.run(ask % key)
    page.wait_for("window.orionAnswer")
    assert "SECRET" in page.run("window.orionAnswer") or "value" in page.run("window.orionAnswer")
    body = shop.mails()[0]["html"]
    address = html.unescape(re.findall(r'href="([^"]*/orion/keys/[^"]+)"', body)[0])
    (piece,) = client.search("orion.digital.piece", [("state", "=", "delivered")], limit=1)
    token = address.rpartition("/keys/")[2]
    request = urllib.request.Request(
        f"{shop.server.url}/orion/keys/reveal",
        data=json.dumps({"params": {"token": token, "piece_id": piece}}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert "value" in answer.read().decode()


def test_the_customer_has_all_keys(shop: Shop) -> None:
    """Else the other tests would find nothing because there is nothing."""
    said = "".join(mail["html"] for mail in shop.mails())
    secrets = shop.secrets
    for name in ("program", "dialog", "file", "bought"):
        assert secrets[name] in said, name


def test_no_key_in_a_dump_of_the_database(shop: Shop) -> None:
    databases, name = shop.stage.databases, shop.server.database
    tables = databases.query(
        name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    found, rows = [], 0
    secrets = shop.secrets
    for (table,) in tables:
        for (row,) in databases.query(name, f'SELECT t::text FROM "{table}" AS t'):
            rows += 1
            found += [f"{table}: {key}" for key, text in secrets.items() if text in row]
    assert rows > 1000
    assert not found


def test_no_key_in_the_files_of_the_database(shop: Shop) -> None:
    data = shop.stage.environment.settings.data
    files = list((data / "filestore" / shop.server.database).rglob("*"))
    assert _files_with(shop, files) == []


def test_no_key_in_any_log(shop: Shop) -> None:
    """The server's own at debug level, what it prints, and PostgreSQL's."""
    logs = [shop.server.log_file, *shop.server.log_file.parent.glob("*.out")]
    logs += shop.stage.environment.settings.cache.rglob("server.log")
    assert "import_keys" in shop.server.log_file.read_text(), "calls are logged"
    assert _files_with(shop, logs) == []


def _files_with(shop: Shop, files: list[Path]) -> list[str]:
    found = []
    for path in files:
        if path.is_file():
            content = path.read_bytes()
            found += [
                f"{path.name}: {key}"
                for key, text in shop.secrets.items()
                if text.encode() in content
            ]
    return found


def test_no_key_in_the_mails_of_the_queue_once_they_are_sent(shop: Shop) -> None:
    mails = shop.stage.databases.query(
        shop.server.database,
        "SELECT m.state, m.body_html, n.body FROM mail_mail m"
        " JOIN mail_message n ON n.id = m.mail_message_id WHERE n.model = 'sale.order'",
    )
    traces = shop.stage.databases.query(
        shop.server.database, "SELECT coalesce(body, '') FROM mail_message"
    )
    assert {"sent", "outgoing"} <= {state for state, _html, _body in mails}
    said = repr(mails) + repr(traces)
    assert [key for key, text in shop.secrets.items() if text in said] == []


def test_no_key_in_what_anybody_may_read_or_export(shop: Shop) -> None:
    """In every group there is; Managers and administrators among them."""
    script = _READ_AS_EVERYBODY.format(needles=json.dumps(shop.secrets))
    answer = shop.stage.shell(shop.server.database, script)
    assert answer["groups"] > 20
    assert answer["read"] > 300
    assert answer["found"] == []


def test_no_key_in_what_any_group_reads_over_rpc(shop: Shop) -> None:
    """As other programs do it: a user who is in one group after the other reads all fields."""
    admin = shop.stage.xml_rpc(shop.server)
    staff = admin.read("ir.model.data", [("name", "=", "group_user")], ["res_id", "module"])
    (employees,) = [one["res_id"] for one in staff if one["module"] == "base"]
    values = {"name": "Reader", "login": "reader", "password": "reader"}
    (user,) = admin.create("res.users", [{**values, "group_ids": [[6, 0, [employees]]]}])
    reader = shop.stage.xml_rpc(shop.server, "reader")
    needles = [*shop.secrets.values()]
    found, reads, groups = [], 0, 0
    for group in admin.search("res.groups", []):
        try:
            admin.call(
                "res.users", "write", [user], vals={"group_ids": [[6, 0, [employees, group]]]}
            )
        except xmlrpc.client.Fault:
            # portal and public are of no employee
            continue
        groups += 1
        for model in _READ_OVER_RPC:
            try:
                said = repr(reader.call(model, "search_read", domain=[], limit=5, order="id desc"))
            except xmlrpc.client.Fault as refusal:
                said = refusal.faultString
            else:
                reads += 1
            found += [f"{group}: {model}" for needle in needles if needle in said]
    assert groups > 20
    assert reads > 10
    assert found == []
