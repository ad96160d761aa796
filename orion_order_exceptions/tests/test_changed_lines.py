from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.orion_orders.tests.common import GTIN, GTIN_2, T0, line, order

from .common import ExceptionsCase

GTIN_3 = "4003994155486"


@tagged("post_install", "-at_install")
class TestChangedLines(ExceptionsCase):
    """The marketplace changes a line afterwards: each case has a clear outcome."""

    def read_again(self, sale, hours=5, **values):
        values = {"name": "Riddle", "gtin": GTIN_2, "sku": "RIDDLE", **values}
        data = order(
            sale.orion_external_id,
            lines=(line(**values),),
            version=T0 + timedelta(hours=hours),
            raw={"id": sale.orion_external_id, "hours": hours},
        )
        result = self.import_page(data)
        self.assertEqual((result.updated, result.failed), (1, 0), result.errors)

    def test_a_pending_one_is_resolved_by_the_right_number(self):
        sale = self.unknown()
        self.read_again(sale, gtin=GTIN)
        exception = sale.orion_exception_ids
        self.assertRecordValues(
            exception,
            [
                {
                    "status": "resolved",
                    "resolution_source": "automatic",
                    "resolved_product_id": self.pen.id,
                    "original_gtin": GTIN,
                    "canonical_gtin": "0" + GTIN,
                }
            ],
        )
        self.assertEqual(sale.order_line.product_id, self.pen)
        self.assertEqual(sale.orion_unmatched_count, 0)

    def test_a_pending_one_follows_what_is_sold_now(self):
        """It is counted among those of its new number, and found by it from then on."""
        sale = self.unknown()
        self.read_again(sale, gtin=GTIN_3, name="Riddle, new edition")
        exception = sale.orion_exception_ids
        self.assertEqual(exception.status, "pending")
        self.assertEqual(exception.original_product_name, "Riddle, new edition")
        self.assertEqual(exception.product_key, f"gtin:0{GTIN_3}")
        self.answer.barcode = GTIN_3
        self.match()
        self.assertEqual(exception.resolved_product_id, self.answer)

    def test_a_damaged_number_says_so(self):
        sale = self.unknown()
        self.read_again(sale, gtin="123")
        self.assertEqual(sale.orion_exception_ids.exception_type, "gtin_mismatch")
        self.assertFalse(sale.orion_exception_ids.canonical_gtin)

    def test_an_ignored_one_waits_again(self):
        sale = self.unknown()
        sale.orion_exception_ids.ignore(reason="Nobody knows this number.")
        self.read_again(sale, gtin=GTIN_3)
        self.assertEqual(sale.orion_exception_ids.status, "pending")
        self.read_again(sale, gtin=GTIN_3, hours=6)
        self.assertEqual(sale.orion_exception_ids.status, "pending")

    def test_an_ignored_one_that_did_not_change_stays_ignored(self):
        sale = self.unknown()
        sale.orion_exception_ids.ignore(reason="Nobody knows this number.")
        self.read_again(sale)
        self.assertEqual(sale.orion_exception_ids.status, "ignored")

    def test_what_was_undone_under_another_number_is_found_again(self):
        sale = self.unknown()
        exception = sale.orion_exception_ids
        exception.resolve(product_id=self.pen.id)
        exception.action_undo()
        self.assertEqual(exception.undone_product_ids, self.pen)
        self.read_again(sale, gtin=GTIN)
        self.assertEqual(exception.resolved_product_id, self.pen)

    def test_a_resolution_of_a_person_stays(self):
        sale = self.unknown()
        sale.orion_exception_ids.resolve(product_id=self.answer.id)
        total = sale.amount_total
        self.read_again(sale, name="Riddle, new edition", gtin=GTIN)
        self.assertEqual(sale.order_line.product_id, self.answer)
        self.assertEqual(sale.order_line.orion_product_name, "Riddle")
        self.assertEqual(sale.amount_total, total)
        self.assertEqual(sale.orion_exception_ids.status, "resolved")
        self.assertIn("stays as it was sold", sale.message_ids[0].body)

    def test_a_known_line_becomes_unknown(self):
        """Its number is nobody's now, so it is a task like any other, and blocks."""
        [sale] = self.imported(order(lines=(line(name="Riddle"),)))
        self.assertEqual(sale.order_line.product_id, self.pen)
        self.read_again(sale, gtin=GTIN_3)
        [exception] = sale.orion_exception_ids
        self.assertEqual((exception.status, exception.original_gtin), ("pending", GTIN_3))
        self.assertEqual(sale.orion_unmatched_count, 1)

    def test_a_known_line_becomes_another_known_one(self):
        [sale] = self.imported(order(lines=(line(name="Riddle"),)))
        self.answer.barcode = GTIN_3
        self.read_again(sale, gtin=GTIN_3)
        self.assertEqual(sale.order_line.product_id, self.answer)
        self.assertEqual(sale.orion_exception_ids.status, "resolved")
        bodies = "".join(sale.message_ids.mapped("body"))
        self.assertIn("“Riddle” is Answer, by its number.", bodies)
