from odoo.addons.orion_orders.tests.common import GTIN, GTIN_2

from .common import ExceptionsCase


class TestWhatIsNotLearned(ExceptionsCase):
    def remember(self, product, prefix="U", **values):
        exception = self.unknown(prefix=prefix, **values).orion_exception_ids
        exception.resolve(product_id=product.id, remember=True)
        return exception

    def test_a_products_own_gtin(self):
        exception = self.unknown().orion_exception_ids
        self.answer.barcode = GTIN_2
        exception.resolve(product_id=self.answer.id, remember=True)
        self.assertFalse(self.aliases.search([]))
        self.answer.barcode = False
        self.env["product.product"].create({"name": "Right", "barcode": GTIN_2})
        sold = self.unknown(prefix="N").order_line
        self.assertEqual(sold.product_id.name, "Right", "the number has moved")

    def test_the_gtin_of_its_packaging(self):
        exception = self.unknown().orion_exception_ids
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.answer.id, "uom_id": dozen.id, "barcode": "05901234123457"}
        )
        exception.resolve(product_id=self.answer.id, remember=True)
        self.assertFalse(self.aliases.search([]))

    def test_a_products_own_sku(self):
        exception = self.unknown(gtin="").orion_exception_ids
        self.answer.default_code = "RIDDLE"
        exception.resolve(product_id=self.answer.id, remember=True)
        self.assertFalse(self.aliases.search([]))

    def test_a_sku_serves_for_damaged_gtins(self):
        self.answer.default_code = "RIDDLE"
        self.remember(self.answer, gtin="5.9E+12")
        self.assertEqual(self.aliases.search([]).value, "RIDDLE")
        again = self.unknown(prefix="A", gtin="5.9E+12").order_line
        self.assertEqual(again.product_id, self.answer)

    def test_one_of_two_products_with_the_gtin_is_learned(self):
        self.answer.barcode = GTIN_2
        self.env["product.product"].create({"name": "Twin", "barcode": "0" + GTIN_2})
        self.remember(self.answer)
        self.assertEqual(self.aliases.search([]).product_id, self.answer)

    def test_an_alias_that_contradicts_is_brought_up_to_date(self):
        alias = self.aliases.create({"value": GTIN_2, "product_id": self.pen.id})
        self.answer.barcode = GTIN_2
        exception = self.unknown().orion_exception_ids
        notes = {one["id"]: one["note"] for one in exception.candidates}
        self.assertIn("another product has this GTIN", notes[self.pen.id])
        exception.resolve(product_id=self.answer.id, remember=True)
        self.assertEqual(alias.product_id, self.answer)

    def test_queries_do_not_grow(self):
        def count(number):
            lines = [
                self.unknown(prefix=f"Q{number}-{n}", gtin="", sku=f"S{number}-{n}")
                for n in range(number)
            ]
            exceptions = self.exceptions.union(*(sale.orion_exception_ids for sale in lines))
            said = {
                (one.company_id, "sku", one.original_sku): (self.answer, one) for one in exceptions
            }
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            exceptions._known_to_catalogue(said)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(20), count(5))


class TestAliases(ExceptionsCase):
    def alias(self, kind, value, product=None):
        return self.aliases.create(
            {"kind": kind, "value": value, "product_id": (product or self.answer).id}
        )

    def matched(self, **values):
        """The product of a new line, or why it has none."""
        type(self).number = getattr(type(self), "number", 0) + 1
        sold = self.unknown(prefix=f"A{self.number}-", **values).order_line
        return sold.orion_match_problem or sold.product_id

    def test_gtin_in_any_notation(self):
        self.alias("gtin", "5901234123457")
        self.assertEqual(self.matched(gtin="0-5901234123457", sku=""), self.answer)

    def test_gtin_goes_before_sku(self):
        self.alias("gtin", GTIN_2)
        self.alias("sku", "RIDDLE", self.pen)
        self.assertEqual(self.matched(), self.answer)

    def test_a_products_gtin_goes_before_a_skus_alias(self):
        self.alias("sku", "RIDDLE")
        self.assertEqual(self.matched(gtin=GTIN), self.pen)

    def test_a_skus_alias_goes_before_a_products_sku(self):
        self.alias("sku", "PEN")
        self.assertEqual(self.matched(gtin="", sku=" PEN"), self.answer)

    def test_a_skus_alias_for_damaged_gtins(self):
        self.alias("sku", "RIDDLE")
        self.assertEqual(self.matched(gtin="5.9E+12"), self.answer)

    def test_a_skus_alias_is_no_match_for_another_gtin(self):
        self.alias("sku", "RIDDLE", self.pen)
        self.assertEqual(self.matched(), "gtin_mismatch")

    def test_alias_decides_between_products_with_one_gtin(self):
        twin = self.env["product.product"].create({"name": "Twin", "barcode": "04006381333931"})
        self.assertEqual(self.matched(gtin=GTIN), "duplicate_gtin")
        self.alias("gtin", GTIN, twin)
        self.assertEqual(self.matched(gtin=GTIN), twin)

    def test_alias_against_a_products_own_gtin(self):
        self.alias("gtin", GTIN)
        self.assertEqual(self.matched(gtin=GTIN), "duplicate_gtin")

    def test_products_that_cannot_be_sold(self):
        self.alias("gtin", GTIN_2)
        template = self.answer.product_tmpl_id
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        for values, back in (
            ({"active": False}, {"active": True}),
            ({"sale_ok": False}, {"sale_ok": True}),
            ({"company_id": elsewhere.id}, {"company_id": False}),
        ):
            template.write(values)
            with self.subTest(str(values)):
                self.assertEqual(self.matched(), "product_not_found")
            template.write(back)
        self.assertEqual(self.matched(), self.answer)

    def test_aliases_of_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.alias("gtin", GTIN_2).company_id = elsewhere
        self.assertEqual(self.matched(), "product_not_found")
