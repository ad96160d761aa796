from odoo.tests import tagged

from .common import KeysCase


@tagged("post_install", "-at_install")
class TestMixedOrders(KeysCase):
    """A key and goods in one order: neither waits for the other."""

    def sell_both(self):
        return self.sell(
            order_line=[
                (0, 0, {"product_id": self.game.id, "price_unit": 0}),
                (0, 0, {"product_id": self.pen.id, "price_unit": 0}),
            ]
        )

    def ship(self, sale):
        sale.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        sale.picking_ids.button_validate()

    def test_the_goods_are_shipped_after_the_key(self):
        self.add_keys(1)
        sale = self.sell_both()
        self.work()
        self.assertEqual((sale.orion_status, self.states(sale)), ("confirmed", ["delivered"]))
        self.ship(sale)
        self.assertEqual(sale.orion_status, "shipped")

    def test_the_key_is_delivered_after_the_goods(self):
        sale = self.sell_both()
        self.work()
        self.ship(sale)
        self.assertEqual((sale.orion_status, self.states(sale)), ("shipped", ["waiting"]))
        self.add_keys(1)
        self.work()
        self.assertEqual((sale.orion_status, self.states(sale)), ("shipped", ["delivered"]))
