import logging
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.orion_base.tests.channel_common import KEY_A, KEY_B, use_keys
from odoo.addons.orion_digital_keys import vault
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import PLAIN, KeysCase


@tagged("post_install", "-at_install")
class TestPool(KeysCase):
    def import_keys(self, keys, **values):
        model = self.env["orion.digital.key"].with_user(self.manager)
        return model.import_keys(product_id=self.game.id, keys=keys, **values)

    def pool(self):
        return self.env["orion.digital.key"].search([("product_id", "=", self.game.id)])

    def test_keys_are_imported_once(self):
        first = self.import_keys([" A-KEY-ONE ", "A-KEY-TWO", "A-KEY-ONE", ""])
        self.assertEqual(first, {"imported": 2, "duplicates": 1})
        again = self.import_keys("A-KEY-TWO\nA-KEY-THREE\n")
        self.assertEqual(again, {"imported": 1, "duplicates": 1})
        self.assertEqual(
            sorted(vault.open_key(key) for key in self.pool()),
            ["A-KEY-ONE", "A-KEY-THREE", "A-KEY-TWO"],
        )
        self.assertEqual(self.pool()[0].masked, "A-KE****")

    def test_a_batch_keeps_cost_and_expiry(self):
        tomorrow = fields.Date.today() + timedelta(days=1)
        self.import_keys(["KEY-WITH-COST"], unit_cost=7.5, expires_on=str(tomorrow))
        key = self.pool()
        self.assertEqual((key.unit_cost, key.expires_on), (7.5, tomorrow))
        self.assertEqual(key.batch_id.user_id, self.manager)

    def test_what_nobody_sees_makes_no_other_key(self):
        """Signs of a file's beginning, and blanks that have no width."""
        self.import_keys(["AAAA-BBBB"])
        result = self.import_keys(["\ufeffAAAA-BBBB", "AAAA-\u200bBBBB "])
        self.assertEqual((result["imported"], result["duplicates"]), (0, 2))

    def test_nothing_but_duplicates_leaves_no_batch(self):
        self.import_keys(["ONLY-ONCE"])
        before = self.env["orion.key.batch"].search_count([])
        self.assertEqual(self.import_keys(["ONLY-ONCE"]), {"imported": 0, "duplicates": 1})
        self.assertEqual(self.env["orion.key.batch"].search_count([]), before)

    def test_the_same_text_may_be_a_key_of_two_products(self):
        other = self.create_game("Other game")
        self.add_keys(1)
        self.add_keys(1, product=other)
        keys = self.env["orion.digital.key"].search([("product_id", "in", (self.game + other).ids)])
        self.assertEqual(len(keys), 2)

    def test_wrong_use_says_what_to_do(self):
        model = self.env["orion.digital.key"].with_user(self.manager)
        for arguments in (
            {"product_id": self.pen.id, "keys": ["X-KEY-0001"]},
            {"product_id": 10**8, "keys": ["X-KEY-0001"]},
            {"product_id": self.game.id, "keys": []},
            {"product_id": self.game.id, "keys": ["x" * 2001]},
            {"product_id": self.game.id, "keys": [{"key": "X"}]},
            {"product_id": self.game.id, "keys": ["X-KEY-0001"], "company_id": 10**8},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                model.import_keys(**arguments)
        self.assertFalse(self.pool())

    def test_a_clerk_imports_no_keys(self):
        with self.assertRaises(AccessError):
            self.env["orion.digital.key"].with_user(self.clerk).import_keys(self.game.id, ["A"])

    def test_a_duplicate_cannot_enter_by_any_way(self):
        self.add_keys(1)
        key = self.pool()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "INSERT INTO orion_digital_key (product_id, company_id, kind, value_hash, state)"
                " VALUES (%s, %s, 'text', %s, 'available')",
                (self.game.id, self.company.id, key.sudo().value_hash),
            )

    def test_a_key_is_not_reserved_for_nobody(self):
        self.add_keys(1)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.pool().sudo().write({"state": "reserved"})
            self.env.flush_all()

    def test_images_are_encrypted_attachments(self):
        batch = self.env["orion.digital.key"]._make_batch(self.game, self.company, "file")
        picture = b"\x89PNG the code 4711 in a picture"
        result = add_keys(batch, [NewKey(picture, kind="image", filename="code.png")])
        key = self.env["orion.digital.key"].browse(result.key_ids[0])
        self.assertEqual(vault.open_key(key), picture)
        stored = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", key._name), ("res_id", "=", key.id), ("res_field", "!=", False)]
            )
        )
        self.assertEqual(len(stored), 1)
        self.assertNotIn(b"4711", stored.raw)
        self.assertEqual((key.masked, key.sudo().value), ("****", False))
        with self.assertRaises(AccessError):
            stored.with_user(self.manager).read(["raw"])

    def test_a_rotated_key_is_the_same_key(self):
        with use_keys(KEY_A):
            self.env["ir.config_parameter"].search(
                [("key", "in", ("orion_base.encryption_check", vault.PEPPER_PARAMETER))]
            ).unlink()
            self.env["orion.credential"].search([]).unlink()
            self.env["orion.digital.key"].sudo().search([]).unlink()
            self.add_keys(2)
            batch = self.pool()[0].batch_id
            add_keys(batch, [NewKey(b"picture", kind="image")])
            before = self.pool().sudo().mapped("value")
        with use_keys(KEY_B, KEY_A):
            self.assertEqual(add_keys(batch, [NewKey(PLAIN % 1)]).duplicates, (0,))
            self.assertEqual(self.env["orion.credential"]._rotate_all(), 4)
        with use_keys(KEY_B):
            self.env.invalidate_all()
            self.assertFalse(set(before) & set(self.pool().sudo().mapped("value")) - {False})
            self.assertEqual(add_keys(batch, [NewKey(PLAIN % 1)]).duplicates, (0,))
            opened = [vault.open_key(key) for key in self.pool()]
            self.assertEqual(opened, [PLAIN % 0, PLAIN % 1, b"picture"])

    def test_a_lost_encryption_key_ends_the_pool(self):
        self.add_keys(1)
        with mute_logger("odoo.addons.orion_base.secrets"):
            self.env["orion.credential"]._start_anew()
        self.assertEqual(self.pool().state, "invalid")
        self.add_keys(1, start=1)
        self.assertEqual(len(self.pool()), 2)

    def test_digital_products_are_no_goods(self):
        with self.assertRaises(ValidationError):
            self.pen.orion_is_digital = True

    def test_free_keys_are_counted_without_expired_ones(self):
        self.add_keys(3)
        self.add_keys(2, start=10, expires_on=fields.Date.today() - timedelta(days=1))
        self.assertEqual(self.game.orion_free_key_count, 3)

    def test_who_reveals_a_key_leaves_a_line(self):
        [plain] = self.add_keys(1)
        key = self.pool()
        self.assertEqual(vault.reveal(key.with_user(self.manager), address="192.0.2.7"), plain)
        line = key.reveal_ids
        self.assertEqual(
            (line.user_id, line.place, line.address), (self.manager, "staff", "192.0.2.7")
        )
        with self.assertRaises(AccessError):
            vault.reveal(key.with_user(self.clerk))
        with self.assertRaises(AccessError):
            line.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            line.with_user(self.manager).write({"address": "x"})

    def test_no_statement_and_no_log_holds_a_key(self):
        """At debug level, with all statements and their values."""
        model = self.env["orion.digital.key"].with_user(self.manager)
        arguments = {"product_id": self.game.id, "keys": ["LOUD-KEY"]}
        with ExitStack() as stack:
            logs = [
                stack.enter_context(self.assertLogs(name, level=logging.DEBUG))
                for name in ("odoo.sql_db", "odoo.service.model")
            ]
            for _twice in range(2):
                call_kw(model, "import_keys", [], arguments)
            sale = self.sell()
            self.work()
            vault.reveal(sale.orion_piece_ids.key_id.with_user(self.manager))
        said = "".join(record.getMessage() for log in logs for record in log.records)
        self.assertIn("INSERT INTO orion_digital_key", said)
        self.assertIn("import_keys", said)
        self.assertNotIn("LOUD-KEY", said)

    def test_a_neutralised_copy_holds_no_key_and_sells_none(self):
        self.add_keys(2)
        batch = self.pool()[0].batch_id
        add_keys(batch, [NewKey(b"picture", kind="image")])
        self.sell()
        self.env.flush_all()
        path = file_path("orion_digital_keys/data/neutralize.sql")
        self.env.cr.execute(Path(path).read_text(encoding="utf-8"))
        self.env.invalidate_all()
        keys = self.pool().sudo()
        self.assertEqual(set(keys.mapped("state")), {"invalid"})
        self.assertFalse(any(keys.mapped("value")))
        self.assertFalse(any(keys.with_context(bin_size=False).mapped("value_file")))
        self.work()
        self.assertFalse(self.env["orion.digital.key"].search([("state", "=", "reserved")]))

    def test_another_company_sees_and_reveals_nothing(self):
        self.add_keys(1)
        key = self.pool()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="orion_base.group_orion_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            key.with_user(stranger).read(["masked"])
        with self.assertRaises(AccessError):
            vault.reveal(key.with_user(stranger))
        self.assertFalse(key.with_user(stranger).search([]))
