import base64
import io
import logging

import openpyxl
from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.orion_digital_keys import vault
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys

from .common import PLAIN, KeysCase

TEXT = "\n".join([PLAIN % 1, PLAIN % 2, PLAIN % 1, "1.2E+15"])


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return base64.b64encode(stream.getvalue())


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestKeyImport(KeysCase):
    def wizard(self, **values):
        wizards = self.env["orion.key.import"].with_user(self.manager)
        return wizards.create({"product_id": self.game.id, **values})

    def pool(self, product=None):
        keys = self.env["orion.digital.key"].search(
            [("product_id", "=", (product or self.game).id)]
        )
        return [vault.open_key(key) for key in keys.sorted("id")]

    # === PREVIEW === #

    def test_the_preview_says_what_is_new_and_what_is_wrong(self):
        self.add_keys(1, start=2)
        wizard = self.wizard(pasted=TEXT)
        wizard.action_preview()
        self.assertTrue(wizard.is_previewed)
        self.assertEqual(
            (wizard.key_count, wizard.duplicate_count, wizard.damaged_count), (1, 2, 1)
        )
        bad = wizard.line_ids.filtered(lambda line: not line.is_taken)
        self.assertEqual(bad.mapped("number"), [2, 3, 4])
        self.assertEqual(bad[0].problem, "This product has had this key already.")
        self.assertEqual(bad[1].problem, "The same as line 1.")
        self.assertEqual(self.pool(), [PLAIN % 2], "a preview imports nothing")

    def test_keys_in_another_notation_are_told_and_left_out(self):
        """Most are the same key twice; where capitals count, a person says so."""
        batch = self.env["orion.digital.key"]._make_batch(self.game, self.company, "paste")
        add_keys(batch, [NewKey("WXYZ-1234")])
        wizard = self.wizard(pasted="  abcd-efgh \nABCD-EFGH\nwxyz1234\nWXYZ-1234\nqrst-5678")
        wizard.action_preview()
        self.assertEqual((wizard.key_count, wizard.alike_count, wizard.duplicate_count), (2, 2, 1))
        told = {line.number: (line.problem, line.is_taken) for line in wizard.line_ids}
        self.assertIn("from line 1 by nothing but capitals", told[2][0])
        self.assertIn("The product has a key that differs", told[3][0])
        self.assertEqual(told[4], ("This product has had this key already.", False))
        self.assertFalse(told[2][1] or told[3][1])
        self.assertFalse(told[1][0] or told[5][0])
        again = wizard.copy()
        again.pasted = "\n".join(["abcd-efgh", "ABCD-EFGH", "wxyz1234", "qrst-5678"])
        wizard.action_import()
        self.assertEqual(self.pool(), ["WXYZ-1234", "abcd-efgh", "qrst-5678"])
        again.take_alike = True
        again.action_preview()
        self.assertEqual((again.key_count, again.alike_count, again.duplicate_count), (0, 2, 2))
        again.action_import()
        self.assertEqual(
            self.pool(), ["WXYZ-1234", "abcd-efgh", "qrst-5678", "ABCD-EFGH", "wxyz1234"]
        )

    def test_the_preview_speaks_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        wizard = self.wizard(pasted=TEXT).with_context(lang="fr_FR")
        wizard.action_preview()
        self.assertIn("La même que la ligne 1.", wizard.line_ids.mapped("problem"))

    def test_what_was_given_stands_nowhere_in_clear(self):
        wizard = self.wizard(pasted=TEXT)
        wizard.action_preview()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(w)::text || coalesce(string_agg(row_to_json(l)::text, ''), '')"
            " FROM orion_key_import w LEFT JOIN orion_key_import_line l ON l.wizard_id = w.id"
            " WHERE w.id = %s GROUP BY w.*",
            [wizard.id],
        )
        [[row]] = self.env.cr.fetchall()
        self.assertNotIn("SECRET", row)
        self.assertFalse(wizard.pasted)
        with self.assertRaises(AccessError):
            wizard.read(["sealed"])

    def test_another_list_makes_the_preview_old(self):
        wizard = self.wizard(pasted=TEXT)
        wizard.action_preview()
        wizard.pasted = PLAIN % 7
        self.assertFalse(wizard.is_previewed)
        wizard.action_import()
        self.assertFalse(self.pool(), "nobody has seen this list")
        self.assertTrue(wizard.is_previewed)
        wizard.action_import()
        self.assertEqual(self.pool(), [PLAIN % 7])

    def test_the_file_that_was_read_is_named(self):
        content = base64.b64encode(TEXT.encode())
        wizard = self.wizard(source="file", content=content, filename="keys.csv")
        wizard.action_preview()
        self.assertFalse(wizard.content)
        self.assertEqual(wizard.given_name, "keys.csv")
        self.assertFalse(self.wizard(pasted=TEXT).given_name)

    def test_the_column_can_be_chosen(self):
        wizard = self.wizard(pasted="code;other\nAAAA-1111;BBBB-1111\nAAAA-2222;BBBB-2222")
        wizard.action_preview()
        self.assertEqual(wizard.column_ids.mapped("name"), ["code", "other", "The whole line"])
        self.assertEqual(wizard.column_ids.mapped("is_chosen"), [True, False, False])
        wizard.column_ids[1].action_choose()
        self.assertEqual(wizard.column_ids.mapped("is_chosen"), [False, True, False])
        wizard.action_import()
        self.assertEqual(self.pool(), ["BBBB-1111", "BBBB-2222"])

    # === IMPORT === #

    def test_a_batch_has_cost_expiry_and_who_brought_it(self):
        form = Form(self.env["orion.key.import"].with_user(self.manager))
        form.product_id = self.game
        form.pasted = TEXT
        form.unit_cost = 4.5
        form.expires_on = "2099-12-31"
        form.save().action_import()
        [batch] = self.env["orion.key.batch"].search([("product_id", "=", self.game.id)])
        self.assertEqual(self.pool(), [PLAIN % 1, PLAIN % 2])
        self.assertEqual((batch.unit_cost, batch.user_id), (4.5, self.manager))
        self.assertEqual(set(batch.key_ids.mapped("expires_on")), {batch.expires_on})
        self.assertEqual((batch.key_count, batch.free_count), (2, 2))

    def test_the_cost_in_another_currency_is_converted_at_the_rate_of_the_day(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.company.currency_id = self.env.ref("base.EUR")
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 1.25, "name": "2020-01-01"}
        )
        self.wizard(pasted=TEXT, unit_cost=10.0, currency_id=dollar.id).action_import()
        [batch] = self.env["orion.key.batch"].search([("product_id", "=", self.game.id)])
        self.assertEqual(batch.company_unit_cost, 8.0)

    def test_orders_that_wait_get_the_imported_keys_by_themselves(self):
        sale = self.sell(1)
        self.work()
        self.assertEqual(self.states(sale), ["waiting"])
        self.wizard(pasted=TEXT).action_import()
        self.work()
        self.assertEqual(self.states(sale), ["delivered"])

    def test_a_spreadsheet_and_its_name(self):
        content = workbook([["Key"], [PLAIN % 1], [PLAIN % 2]])
        wizard = self.wizard(source="file", content=content, filename="keys.xlsx")
        wizard.action_import()
        self.assertEqual(self.pool(), [PLAIN % 1, PLAIN % 2])
        [batch] = self.env["orion.key.batch"].search([("product_id", "=", self.game.id)])
        self.assertEqual((batch.source, batch.file_name), ("file", "keys.xlsx"))

    def test_pictures(self):
        card = self.create_game("Card", orion_delivery_method="image")
        wizard = self.wizard(
            product_id=card.id, content=base64.b64encode(picture()), filename="a.png"
        )
        self.assertEqual(wizard.source, "file")
        wizard.action_import()
        self.assertEqual(self.pool(card), [picture()])
        [key] = self.env["orion.digital.key"].search([("product_id", "=", card.id)])
        self.assertEqual((key.kind, key.masked), ("image", "****"))
        self.assertEqual(key.filename, f"key-{key.id}.png")

    def test_a_picture_that_is_named_after_its_code_does_not_tell_it(self):
        card = self.create_game("Card", orion_delivery_method="image")
        code = "AB12-CDEF-SECRET"
        for name in (f"{code}.png", code):
            with self.subTest(name=name), self.env.cr.savepoint() as savepoint:
                wizard = self.wizard(
                    product_id=card.id, content=base64.b64encode(picture()), filename=name
                )
                wizard.action_preview()
                self.assertEqual(wizard.line_ids.mapped("masked"), ["****"])
                self.assertNotIn(code, wizard.filename)
                wizard.action_import()
                [batch] = self.env["orion.key.batch"].search([("product_id", "=", card.id)])
                self.assertNotIn(code, batch.file_name)
                self.assertNotIn(code, batch.key_ids.filename)
                savepoint.rollback()

    def test_unusual_keys_wait_for_a_decision(self):
        usual = [PLAIN % place for place in range(6)]
        text = "\n".join([*usual, "AB12-CDEF"])
        wizard = self.wizard(pasted=text)
        wizard.action_preview()
        self.assertEqual((wizard.key_count, wizard.unusual_count), (6, 1))
        wizard.action_import()
        self.assertEqual(self.pool(), usual)
        wizard = self.wizard(pasted=text, take_unusual=True)
        wizard.action_import()
        self.assertEqual(self.pool(), [*usual, "AB12-CDEF"])

    def test_nothing_new_leaves_no_empty_batch(self):
        plains = self.add_keys(2)
        batches = self.env["orion.key.batch"].search_count([])
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            self.wizard(pasted="\n".join(plains)).action_import()
        self.assertEqual(self.env["orion.key.batch"].search_count([]), batches)

    def test_nothing_given_is_said(self):
        with self.assertRaisesRegex(UserError, "Paste"):
            self.wizard().action_preview()
        with self.assertRaisesRegex(UserError, "no keys"):
            self.wizard(pasted=" \n").action_preview()

    # === WHO === #

    def test_only_managers_import(self):
        with self.assertRaises(AccessError):
            self.env["orion.key.import"].with_user(self.clerk).create({"product_id": self.game.id})

    def test_only_for_an_own_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self.wizard(company_id=other.id, pasted=TEXT).action_import()

    def test_what_was_typed_is_in_no_log(self):
        logger = logging.getLogger("odoo.service.model")
        wizards = self.env["orion.key.import"]
        with self.assertLogs(logger, "DEBUG") as logs:
            logger.debug("call %s.%s(%s)", wizards, "web_save", TEXT)
        self.assertNotIn("SECRET", "".join(logs.output))

    def test_many_keys_in_a_constant_number_of_queries(self):
        counts = []
        for number in (10, 50):
            text = "\n".join(PLAIN % (1000 * number + place) for place in range(number))
            wizard = self.wizard(pasted=text)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            wizard.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
