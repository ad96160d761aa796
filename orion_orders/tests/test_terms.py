from odoo.exceptions import UserError
from odoo.tests import Form

from odoo.addons.orion_orders.lib.order_data import OrderState

from .common import OrdersCase, order


class TestTerms(OrdersCase):
    """Currency and terms as sold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pricelists = cls.env["product.pricelist"]
        cls.pounds = cls.env.ref("base.GBP")
        cls.pounds.active = True
        cls.elsewhere = pricelists.create({"name": "GBP", "currency_id": cls.pounds.id})
        cls.other = cls.env["res.partner"].create(
            {
                "name": "Buys in pounds",
                "property_product_pricelist": cls.elsewhere.id,
                "property_payment_term_id": cls.env.ref("account.account_payment_term_30days").id,
            }
        )

    def setUp(self):
        super().setUp()
        self.sale = self.imported(order(currency="CHF"))

    def terms(self):
        self.env.flush_all()
        self.env.invalidate_all()
        sale = self.sale
        return (
            sale.currency_id.name,
            sale.pricelist_id,
            sale.payment_term_id,
            sale.fiscal_position_id,
            sale.amount_total,
            sale.order_line.tax_ids,
        )

    def test_another_customer_changes_none(self):
        before = self.terms()
        self.assertEqual(before[0], "CHF")
        self.sale.with_user(self.seller).partner_id = self.other
        self.assertEqual(self.terms(), before)
        self.assertEqual(self.sale.partner_id, self.other)

    def test_another_customer_in_the_form(self):
        before = self.terms()
        with Form(self.sale.with_user(self.seller)) as form:
            form.partner_id = self.other
        self.assertEqual(self.terms(), before)

    def test_another_currency_is_refused(self):
        before = self.terms()
        for values in ({"pricelist_id": self.elsewhere.id}, {"currency_id": self.pounds.id}):
            for user in (self.seller, self.env.user):
                with self.subTest(values), self.assertRaisesRegex(UserError, "sold in CHF"):
                    self.sale.with_user(user).write(values)
        self.assertEqual(self.terms(), before)

    def test_another_pricelist_of_the_same_currency(self):
        before = self.terms()
        francs = self.sale.pricelist_id.copy()
        self.sale.with_user(self.seller).pricelist_id = francs
        self.sale.action_update_prices()
        self.assertEqual(self.terms()[4:], before[4:])

    def test_an_order_made_in_odoo_follows_its_customer(self):
        own = self.env["sale.order"].create({"partner_id": self.other.id})
        self.assertEqual(own.currency_id, self.pounds)
        own.partner_id = self.clerk.partner_id
        self.assertNotEqual(own.currency_id, self.pounds)

    def test_orders_of_the_past_wait_for_no_invoice(self):
        self.pen.invoice_policy = "order"
        data = order("S2", state=OrderState.ACCEPTED)
        self.import_page(data, history=True)
        past = self.find("S2")
        self.assertEqual((past.state, past.orion_is_history), ("sale", True))
        self.assertEqual(past.invoice_status, "no")
        self.assertEqual(past.order_line.qty_to_invoice, 0)
        self.sale._orion_accepted()
        self.assertEqual(self.sale.invoice_status, "to invoice")
