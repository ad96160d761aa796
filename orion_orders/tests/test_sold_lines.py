from odoo.exceptions import UserError

from .common import OrdersCase, order


class TestSoldLines(OrdersCase):
    """What was sold stays as it is until the marketplace knows the decision."""

    def setUp(self):
        super().setUp()
        self.sale = self.imported(order()).with_user(self.seller)
        self.sold = self.sale.order_line

    def test_a_person_changes_nothing_of_it(self):
        other = self.env["sale.order"].create({"partner_id": self.sale.partner_id.id})
        for values in (
            {"price_unit": 1.0},
            {"discount": 50.0},
            {"product_uom_qty": 7},
            {"order_id": other.id},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "was sold on"):
                self.sold.write(values)
        with self.assertRaisesRegex(UserError, "Refuse what you cannot deliver"):
            self.sold.unlink()
        self.assertEqual((self.sold.product_uom_qty, self.sale.amount_total), (1, 9.99))

    def test_once_accepted_it_can_be_corrected(self):
        self.sale.sudo()._orion_accepted()
        self.sold.price_unit = 5.0
        self.assertEqual(self.sold.price_unit, 5.0)
