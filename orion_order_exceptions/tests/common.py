"""What the tests of exceptions share: orders whose products nobody knows."""

from odoo.addons.orion_orders.tests.common import GTIN_2, OrdersCase, line, order


class ExceptionsCase(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exceptions = cls.env["orion.order.exception"]
        cls.aliases = cls.env["orion.product.alias"]
        cls.answer = cls.env["product.product"].create(
            {"name": "Answer", "list_price": 77.0, "is_storable": True}
        )

    def unknown(self, count=1, prefix="U", **values):
        """Orders of one line that nobody knows, as the clerk sees them."""
        values = {"name": "Riddle", "gtin": GTIN_2, "sku": "RIDDLE", **values}
        orders = [order(f"{prefix}{n}", lines=(line(**values),)) for n in range(count)]
        return self.imported(*orders).with_user(self.clerk)

    def run_precommit(self):
        """What happens just before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def match(self):
        """Commit what was changed, and let a worker match."""
        self.run_precommit()
        self.work()
