from unittest.mock import patch

from odoo.tests import tagged

from ..lib.reading.rows import RowConverter
from .import_common import ImportCase, encoded, feed, row

CONVERT = RowConverter.convert


@tagged("post_install", "-at_install")
class TestStaging(ImportCase):
    def test_rows_become_staged_products(self):
        job = self.imported(row(1, gtin="4006381333931"), row(2, price="1299.50"))
        self.assertEqual(job.status, "completed")
        self.assertEqual((job.imported_count, job.total_processed, job.progress), (2, 2, 100.0))
        first, second = self.product(1), self.product(2)
        self.assertEqual(first.with_context(lang="fr_FR").title, "Product 1")
        self.assertEqual(
            (first.gtin, first.brand, first.quantity, first.availability, first.company_id),
            ("04006381333931", "B", 4, "in_stock", self.company),
        )
        self.assertEqual(first.attributes, {"Voltage": "220"})
        self.assertEqual(second.price, 1299.5)
        self.assertTrue(first.first_seen_at)
        self.assertFalse(self.env["orion.import.row"].search([]))

    def test_same_feed_again_writes_nothing(self):
        self.imported(row(1), row(2), row(3))
        self.env.cr.execute("SELECT xmin::text FROM orion_marketplace_product ORDER BY id")
        before = self.env.cr.fetchall()
        job = self.imported(row(3), row(1), row(2))
        self.assertEqual((job.unchanged_count, job.updated_count, job.imported_count), (3, 0, 0))
        self.env.cr.execute("SELECT xmin::text FROM orion_marketplace_product ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def read(self, *rows, **values):
        """Import a feed; ids of the rows whose cells were looked at."""
        with patch.object(RowConverter, "convert", autospec=True) as convert:
            convert.side_effect = CONVERT
            job = self.imported(*rows, **values)
        batches = [call.args[1] for call in convert.call_args_list]
        return job, [identifier for batch in batches for identifier in batch.ids]

    def test_a_row_as_it_was_is_not_even_read(self):
        self.imported(row(1), row(2), row(3))
        job, read = self.read(row(3), row(1, price="7"), row(2))
        self.assertEqual(read, ["P1"])
        self.assertEqual((job.unchanged_count, job.updated_count), (2, 1))
        self.assertEqual((job.total_processed, job.status), (3, "completed"))

    def test_a_row_written_otherwise_is_read_once(self):
        self.imported(row(1), row(2))
        self.staged.search([]).write({"source": "before"})
        other = [row(1, price='"9,90 €"'), row(2, price='"9,90 €"')]
        job, read = self.read(*other)
        self.assertEqual((job.unchanged_count, job.updated_count), (0, 2), "a currency is new")
        other = [each.replace("Text", " Text ") for each in other]
        self.staged.search([]).write({"source": "before"})
        job, read = self.read(*other)
        self.assertEqual((read, job.unchanged_count), (["P1", "P2"], 2))
        self.assertEqual(self.product(1).source, "before")
        job, read = self.read(*other)
        self.assertEqual((read, job.unchanged_count), ([], 2))

    def test_a_row_is_read_again_when_it_means_something_else(self):
        self.imported(row(1))
        _job, read = self.read(row(1), language="de", is_full=False)
        self.assertEqual(read, ["P1"])
        job = self.start(feed(row(1)))
        job.mapping = {"id": "external_id", "title": "title", "description": "brand", "brand": ""}
        self.run_job(job)
        self.assertEqual(job.updated_count, 1)
        self.assertEqual(self.product(1).brand, "Text")

    def test_the_second_of_two_equal_rows_is_an_error_also_when_nothing_changed(self):
        self.imported(row(1), row(2))
        job, read = self.read(row(1), row(2), row(1))
        self.assertEqual((read, job.unchanged_count, job.error_count), (["P1"], 2, 1))
        self.assertEqual(job.error_ids.error_type, "duplicate_id")
        self.assertEqual(job.error_ids.row_number, 4)

    def test_only_what_changed_is_written(self):
        self.imported(row(1), row(2))
        self.staged.search([]).write({"source": "before"})
        job = self.imported(row(1), row(2, price="5"))
        self.assertEqual((job.unchanged_count, job.updated_count), (1, 1))
        self.assertEqual(self.product(1).source, "before")
        self.assertEqual((self.product(2).price, self.product(2).source), (5.0, "Uploaded file"))

    def test_languages_come_together_and_fall_back(self):
        self.imported(row(1, "Stylo"), row(2, "Tasse"))
        self.imported(row(1, "Stift"), language="de", is_full=False)
        first, second = self.product(1), self.product(2)
        self.assertEqual(first.with_context(lang="de_DE").title, "Stift 1")
        self.assertEqual(first.with_context(lang="fr_FR").title, "Stylo 1")
        self.assertEqual(first.with_context(lang="en_US").title, "Stylo 1", "French comes first")
        self.assertEqual(second.with_context(lang="de_DE").title, "Tasse 2")
        self.assertEqual(first.languages, "de, fr")
        self.imported(row(1, "Pen"), language="en", is_full=False)
        self.product(1).invalidate_recordset()
        self.assertEqual(self.product(1).with_context(lang="en_US").title, "Pen 1")

    def test_categories_come_from_one_language(self):
        lines = "id,title,product_type,color,price\nP1,%s,%s,%s,%s\n"

        def imported(language, *cells):
            return self.run_job(self.start(encoded(lines % cells), language=language))

        def found():
            return self.product(1).product_type, self.product(1).color

        imported("en", "Pen", "Pens", "Red", 5)
        self.assertEqual(found(), ("Pens", "Red"))
        imported("fr", "Stylo", "Stylos", "", 5)
        imported("de", "Stift", "Stifte", "Rot", 5)
        self.assertEqual(found(), ("Stylos", "Rot"), "the first language that has it")
        job = imported("en", "Biro", "Biros", "Pink", 7)
        self.assertEqual(
            (job.updated_count, found(), self.product(1).price), (1, ("Stylos", "Rot"), 7)
        )
        imported("fr", "Stylo", "Bics", "Rouge", 7)
        self.assertEqual(found(), ("Bics", "Rouge"))

    def test_a_text_in_the_wrong_column_is_an_error_of_its_row_only(self):
        long_text = "".join(f"{number:x}" for number in range(7919, 9919))
        job = self.imported(row(1, brand=long_text), row(2))
        self.assertEqual((job.status, job.imported_count), ("completed_with_errors", 1))
        self.assertIn("500", job.error_ids.error_message)

    def test_errors_are_kept_with_their_rows(self):
        job = self.imported(
            row(1), row(2, price="free"), ",No id,,1,,,,,\n", row(1, "Again"), row(4, price="-5")
        )
        self.assertEqual(job.status, "completed_with_errors")
        self.assertEqual((job.imported_count, job.error_count, job.total_processed), (1, 4, 5))
        self.assertEqual(
            job.error_ids.sorted("row_number").mapped("error_type"),
            ["parse_error", "missing_id", "duplicate_id", "validation_error"],
        )
        first = job.error_ids.sorted("row_number")[0]
        self.assertEqual((first.row_number, first.identifier), (3, "P2"))
        self.assertIn("free", first.error_message)
        self.assertEqual(first.row_data["price"], "free")
        self.assertIn("price: free", first.row_shown)

    def test_what_a_full_feed_lacks_is_missing(self):
        self.imported(*map(row, range(10)))
        job = self.imported(*map(row, range(8)))
        self.assertEqual((job.status, job.missing_count), ("completed", 2))
        self.assertEqual(self.staged.search_count([("missing_since", "!=", False)]), 2)
        self.imported(*map(row, range(10)))
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]), "back again")

    def test_a_part_of_the_catalogue_says_nothing_of_the_rest(self):
        self.imported(*map(row, range(10)))
        self.imported(row(1, price="3"), is_full=False)
        self.assertFalse(self.staged.search([("missing_since", "!=", False)]))

    def test_formulas_and_html_stay_texts(self):
        self.imported(row(1, "=1+1"), row(2, "<b>x</b>"))
        self.assertEqual(self.product(1).with_context(lang="fr_FR").title, "=1+1 1")
        self.assertEqual(self.product(2).with_context(lang="fr_FR").title, "<b>x</b> 2")

    def test_queries_of_a_batch_do_not_grow_with_its_rows(self):
        def count(first, last):
            job = self.start(feed(*map(row, range(first, last))), is_full=False)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.run_job(job)
            return self.env.cr.sql_log_count - before

        count(0, 10)
        self.assertEqual(count(100, 110), count(200, 250))
