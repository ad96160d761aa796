import base64
import gzip
import io
import random
import zipfile
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..models import orion_import_job_file
from ..wizards.orion_import_wizard import PREVIEW_BYTES
from .import_common import HEADER, ImportCase, encoded, feed, row


@tagged("post_install", "-at_install")
class TestImportWizard(ImportCase):
    def wizard(self, content=None, **values):
        values = {"language": "fr", "channel_id": self.channel.id, **values}
        if content is not None:
            values |= {"source": "file", "content": content, "filename": "mine.csv"}
        return self.env["orion.import.wizard"].create(values)

    def target(self, wizard, name):
        return wizard.column_ids.filtered(lambda line: line.name == name)

    def test_preview_and_start(self):
        wizard = self.wizard(feed(row(1, "<b>Pen</b>"), row(2, price="free")))
        wizard.action_preview()
        self.assertIn("UTF-8", wizard.found_text)
        self.assertEqual(self.target(wizard, "id").target, "external_id")
        self.assertFalse(self.target(wizard, "Voltage").target)
        self.assertIn("220", self.target(wizard, "Voltage").examples)
        self.assertIn("&lt;b&gt;Pen", wizard.preview)
        self.assertIn("free", wizard.preview)
        job = self.jobs.browse(wizard.action_start()["res_id"])
        self.assertEqual((job.source_name, job.status), ("mine.csv", "pending"))

    def test_no_feed(self):
        wizard = self.wizard(base64.b64encode(b"%PDF-"))
        with self.assertRaisesRegex(UserError, "PDF"):
            wizard.action_preview()

    def test_chosen_columns_are_shown_used_and_remembered(self):
        strange = encoded("code,words,size\nA,Pen,XL\n")
        wizard = self.wizard(strange)
        wizard.action_preview()
        self.assertIn("Product ID", wizard.mapping_problem)
        with self.assertRaisesRegex(UserError, "Product ID"):
            wizard.action_start()
        with Form(wizard) as form:
            for place, target in enumerate(("external_id", "title", "-")):
                with form.column_ids.edit(place) as line:
                    line.target = target
            self.assertFalse(form.mapping_problem)
            self.assertIn("Pen", form.preview)
        job = self.run_job(self.jobs.browse(wizard.action_start()["res_id"]))
        product = self.staged.search([("external_id", "=", "A")])
        self.assertEqual((job.status, product.size), ("completed", False))
        self.assertFalse(product.attributes)
        # without a person, by RPC or schedule
        job = self.run_job(self.start(encoded("code,words,size\nB,Ink,S\n"), is_full=False))
        self.assertEqual((job.status, job.imported_count), ("completed", 1))
        # another set of columns: what is known of them counts
        job = self.run_job(self.start(encoded("words,code,brand\nCap,C,Bic\n"), is_full=False))
        self.assertEqual((job.status, job.imported_count), ("completed", 1))
        again = self.wizard(strange)
        again.action_preview()
        self.assertTrue(again.is_remembered)
        self.assertEqual(self.target(again, "words").target, "title")
        again.action_as_recognised()
        self.assertFalse(self.target(again, "words").target)
        self.assertEqual(self.target(again, "size").target, "size")

    def test_two_columns_for_one_field(self):
        wizard = self.wizard(feed(row(1)))
        wizard.action_preview()
        self.target(wizard, "Voltage").target = "brand"
        self.assertIn("Brand", wizard.mapping_problem)
        with self.assertRaisesRegex(UserError, "Two columns"):
            wizard.action_start()

    def test_another_channel_remembers_nothing(self):
        wizard = self.wizard(encoded("code,words\nA,Pen\n"))
        wizard.action_preview()
        for name, target in (("code", "external_id"), ("words", "title")):
            self.target(wizard, name).target = target
        wizard.action_start()
        other = self.channel.copy({"name": "Other"})
        self.assertTrue(self.channel._remembered_mapping(["code", "words"]))
        self.assertFalse(other._remembered_mapping(["code", "words"]))

    def test_filled_in_with_a_click(self):
        self.channel.feed_url_de = "https://a.example/de.csv"
        wizard = self.wizard()
        self.assertEqual((wizard.has_de, wizard.has_fr), (True, False))

        def answer(_url, target, **_options):
            target.write((HEADER + row(1, "Stift")).encode())

        with patch.object(orion_import_job_file, "fetch_url", side_effect=answer) as fetch:
            wizard.action_fill_de()
        self.assertEqual((wizard.source, wizard.language), ("saved", "de"))
        self.assertIn("Stift", wizard.preview)
        self.assertTrue(fetch.call_args.kwargs["cut"])
        with self.assertRaisesRegex(UserError, "no feed in this language"):
            wizard.action_fill_fr()

    def test_only_the_beginning_of_a_large_feed_is_fetched(self):
        text = (HEADER + "".join(map(row, range(60_000)))).encode()
        self.assertGreater(len(text), PREVIEW_BYTES)

        def answer(_url, target, max_bytes, cut, **_options):
            target.write(text[:max_bytes] if cut else text)

        wizard = self.wizard(source="address", source_url="https://a.example/large.csv")
        with patch.object(orion_import_job_file, "fetch_url", side_effect=answer) as fetch:
            wizard.action_preview()
            self.assertEqual(fetch.call_count, 1)
            text = gzip.compress(random.Random(1).randbytes(PREVIEW_BYTES * 2))
            with self.assertRaises(UserError):
                wizard.action_preview()
            self.assertEqual(fetch.call_count, 3, "what is packed is read whole")

    def test_packed_and_spreadsheet(self):
        plain = base64.b64decode(feed(row(1, "Pen")))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("feed.csv", plain)
        book = openpyxl.Workbook()
        for line in plain.decode().splitlines():
            book.active.append(line.split(","))
        sheet = io.BytesIO()
        book.save(sheet)
        for content in (gzip.compress(plain), archive.getvalue(), sheet.getvalue()):
            wizard = self.wizard(base64.b64encode(content))
            wizard.action_preview()
            self.assertIn("Pen", wizard.preview)

    def test_the_language_is_activated(self):
        french = self.env["res.lang"].search([("code", "=", "fr_FR")])
        self.env["res.partner"].with_context(active_test=False).search(
            [("lang", "=", "fr_FR")]
        ).lang = "en_US"
        french.active = False
        wizard = self.wizard()
        self.assertFalse(wizard.is_language_active)
        wizard.action_activate_language()
        self.assertTrue(french.active)
        wizard.invalidate_recordset()
        self.assertTrue(wizard.is_language_active)
