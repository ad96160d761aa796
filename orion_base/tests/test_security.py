import io
import json
import logging
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged

from .channel_common import SECRET, ChannelCase

PREFIXES = ("orion.", "letzshop.")
ANSWERING = {
    "get_status",
    "get_credentials",
    "test_connection",
    "action_set",
    "action_test",
    "action_rotate",
    "action_set_credentials",
    "read",
    "copy_data",
}


@tagged("post_install", "-at_install")
class TestEveryModel(ChannelCase):
    def _models(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith(PREFIXES) and not model._abstract
        ]

    def test_every_model_has_access_rights(self):
        granted = set(self.env["ir.model.access"].search([]).mapped("model_id.model"))
        self.assertFalse([model._name for model in self._models() if model._name not in granted])

    def test_no_access_right_is_for_everybody(self):
        rights = self.env["ir.model.access"].search([("group_id", "=", False)])
        open_models = rights.filtered(lambda right: right.model_id.model.startswith(PREFIXES))
        self.assertFalse(open_models.mapped("model_id.model"))

    def test_every_model_of_a_company_has_a_company_rule(self):
        rules = self.env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
        ruled = {rule.model_id.model for rule in rules if "company_id" in (rule.domain_force or "")}
        missing = [
            model._name
            for model in self._models()
            if "company_id" in model._fields and model._name not in ruled
        ]
        self.assertFalse(missing)

    def test_a_clerk_without_group_sees_no_model(self):
        for model in self._models():
            with self.subTest(model=model._name), self.assertRaises(AccessError):
                model.with_user(self.clerk).check_access("read")


class TestSecretStaysSecret(ChannelCase):
    def setUp(self):
        super().setUp()
        self.set_key()
        self.credential = self.as_manager(self.channel.credential_ids)

    def test_no_way_to_read_the_field(self):
        credentials = self.credential
        field = "secret_ciphertext"
        attempts = (
            lambda: credentials.read([field]),
            lambda: credentials.web_read({field: {}}),
            lambda: credentials.search_read([], [field]),
            lambda: credentials.web_search_read([], {field: {}}),
            lambda: credentials.search([(field, "=like", "gAAAA%")]),
            lambda: credentials.search([(field, "!=", False)]),
            lambda: credentials.search_count([(field, "!=", False)]),
            lambda: credentials.search([], order=f"{field} desc"),
            lambda: credentials.formatted_read_group([], [field], ["__count"]),
            lambda: credentials.formatted_read_group([], [], [f"{field}:array_agg"]),
            lambda: credentials.env["orion.channel"].search(
                [(f"credential_ids.{field}", "!=", False)]
            ),
            lambda: credentials.mapped(field),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(number=number), self.assertRaises(AccessError):
                attempt()

    def test_it_is_not_among_the_fields(self):
        self.assertNotIn("secret_ciphertext", self.credential.fields_get())
        self.assertNotIn("secret_ciphertext", self.credential.read()[0])

    def test_export_holds_only_the_mask(self):
        columns = ["name", "masked_value", "channel_id/api_key_masked"]
        exported = self.credential.export_data(columns)
        self.assertIn("letz****", str(exported))
        with self.assertRaises(AccessError):
            self.credential.export_data(["secret_ciphertext"])
        with self.assertRaises(AccessError):
            self.as_manager().export_data(["credential_ids/secret_ciphertext"])

    def test_no_table_of_the_database_holds_it(self):
        self.env["orion.credential.wizard"].with_user(self.manager).create(
            {"channel_id": self.channel.id, "secret": SECRET}
        )
        self.as_manager().test_connection()
        self.as_manager().api_endpoint = "https://elsewhere.example"
        self.env.flush_all()
        self.assertFalse(self._tables_holding(SECRET))
        self.env["orion.listing"].search([])
        self.channel.message_post(body=SECRET)
        self.env.flush_all()
        self.assertIn("mail_message", self._tables_holding(SECRET), "the search finds nothing")

    def _tables_holding(self, text):
        self.env.cr.execute(
            "SELECT quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = []
        for [table] in self.env.cr.fetchall():
            self.env.cr.execute(
                f"SELECT 1 FROM {table} t WHERE t::text LIKE %s LIMIT 1", (f"%{text}%",)
            )
            if self.env.cr.rowcount:
                found.append(table)
        return found

    def test_no_log_line_holds_it(self):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        root = logging.getLogger()
        names = ("odoo", "odoo.service.model", "odoo.sql_db")
        loggers = [root, *map(logging.getLogger, names)]
        levels = [(logger, logger.level) for logger in loggers]
        root.addHandler(handler)
        try:
            for logger, _level in levels:
                logger.setLevel(logging.DEBUG)
            channel = self.as_manager()
            call_kw(channel.browse(), "set_credentials", [channel.ids], {"api_key": SECRET})
            call_kw(channel.browse(), "set_credentials", [channel.ids, SECRET], {})
            call_kw(
                channel.browse(),
                "test_api_key",
                [],
                {"marketplace": "played", "api_key": SECRET},
            )
            wizards = channel.env["orion.credential.wizard"]
            values = {"channel_id": channel.id, "secret": SECRET}
            call_kw(wizards, "web_save", [[], values], {"specification": {"secret": {}}})
            call_kw(channel.browse(), "test_connection", [channel.ids], {})
            self.env.flush_all()
        finally:
            root.removeHandler(handler)
            for logger, level in levels:
                logger.setLevel(level)
        self.assertIn("set_credentials", stream.getvalue())
        self.assertNotIn(SECRET, stream.getvalue())

    def test_no_public_method_answers_it(self):
        """Whatever of a channel or credential can be called without arguments, call it."""
        for records in (self.as_manager(), self.credential):
            for name in ANSWERING & set(dir(records)):
                with self.subTest(name=name):
                    self.assertNotIn(SECRET, str(getattr(records, name)()))

    def test_neutralising_leaves_nothing_to_send(self):
        self.channel.auto_sync_enabled = True
        labels = self.env["orion.operation"]._fields["operation"]._selection
        with patch.dict(labels, {"played": "Played"}):
            operation = self.env["orion.operation"].create(
                {
                    "channel_id": self.channel.id,
                    "operation": "played",
                    "idempotency_key": "neutral",
                    "payload": {},
                }
            )
        self.env.flush_all()
        sql = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.cr.execute(sql.read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.assertFalse(self.channel.active)
        self.assertFalse(self.channel.schedule_ids.enabled)
        self.assertFalse(self.channel.credential_ids.has_secret)
        self.assertFalse(self.channel.credential_ids.sudo().secret_ciphertext)
        self.assertEqual(operation.status, "cancelled")


@tagged("post_install", "-at_install")
class TestProtocols(HttpCase):
    """XML-RPC and JSON-2 carry what the public methods answer."""

    def setUp(self):
        super().setUp()
        self.channel = self.env["orion.channel"].create(
            {"name": "Shop", "marketplace": "storefront"}
        )

    def test_xmlrpc_carries_the_answers(self):
        [status] = self._call("get_status")
        self.assertEqual(status["channel_id"], self.channel.id)
        [credentials] = self._call("get_credentials")
        self.assertIs(credentials["api_key_masked"], False)
        self.assertIs(self._call("clear_credentials"), True)

    def _call(self, method, **kwargs):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.env.ref("base.user_admin").id,
            "admin",
            "orion.channel",
            method,
            [self.channel.ids],
            kwargs,
        )

    def test_json2_carries_the_answers(self):
        admin = self.env.ref("base.user_admin")
        key = self.env["res.users.apikeys"].with_user(admin)._generate("rpc", "test", None)
        response = self.url_open(
            "/json/2/orion.channel/get_status",
            data=json.dumps({"ids": self.channel.ids}),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json()[0]["channel_id"], self.channel.id)
