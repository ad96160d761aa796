from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.orion_orders.tests.common import GTIN_2

from .common import ExceptionsCase

BOOK = "9783931422417"
BOOK_ISBN_10 = "3931422410"


class TestUnknownProducts(ExceptionsCase):
    """The list of what most orders wait for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["orion.unknown.product"]

    def mine(self, orders):
        keys = orders.orion_exception_ids.mapped("product_key")
        return self.products.search([("product_key", "in", keys)])

    def test_what_most_orders_wait_for_comes_first(self):
        few = self.unknown(1, "few", gtin="", sku="FEW")
        many = self.unknown(3, "many")
        again = self.unknown(1, "again", gtin="0" + GTIN_2, sku="OTHER", name="Riddle, new")
        most, least = self.mine(few | many | again)
        self.assertEqual((most.order_count, most.quantity, most.name), (4, 4, "Riddle, new"))
        self.assertEqual((least.order_count, least.number), (1, "FEW"))

    def test_resolve_one_of_them(self):
        orders = self.unknown(3)
        self.unknown(1, "other", gtin="", sku="OTHER")
        action = self.mine(orders).action_resolve()
        bulk = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((bulk.line_count, bulk.product_count), (3, 1))
        bulk.group_ids.product_id = self.answer
        bulk.action_apply()
        self.assertFalse(self.mine(orders))

    def test_its_exceptions(self):
        orders = self.unknown(2)
        action = self.mine(orders).action_open_exceptions()
        self.assertEqual(self.exceptions.search(action["domain"]), orders.orion_exception_ids)

    def test_others_see_none_of_it(self):
        self.unknown()
        with self.assertRaises(AccessError):
            self.products.with_user(self.seller).search([])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "unknown_products_stranger",
            groups="orion_base.group_orion_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.products.with_user(stranger).search([]))


class TestSearchByGtin(ExceptionsCase):
    def found(self, text, anywhere=True):
        products = self.env["product.product"].with_user(self.clerk)
        domain = [("sale_ok", "=", True)]
        rows = products.with_context(orion_any_gtin=anywhere).name_search(text, domain)
        return [product_id for product_id, _name in rows]

    def test_in_any_notation(self):
        self.answer.barcode = BOOK
        for text in (BOOK, f"0{BOOK}", "978-3-931422-41-7", BOOK_ISBN_10, "3-931422-41-0"):
            with self.subTest(text):
                self.assertEqual(self.found(text), self.answer.ids)
        self.answer.barcode = f"0{BOOK}"
        self.assertEqual(self.found(BOOK), self.answer.ids)

    def test_barcode_of_a_package(self):
        values = {"product_id": self.answer.id, "uom_id": self.answer.uom_id.id, "barcode": BOOK}
        self.env["product.uom"].create(values)
        self.assertEqual(self.found(f"0{BOOK}"), self.answer.ids)

    def test_only_where_it_is_asked_for(self):
        self.answer.barcode = BOOK
        self.assertEqual(self.found(f"0{BOOK}", anywhere=False), [])
        self.answer.sale_ok = False
        self.assertEqual(self.found(f"0{BOOK}"), [])

    def test_names_are_found_as_ever(self):
        self.assertIn(self.answer.id, self.found("Answ"))
