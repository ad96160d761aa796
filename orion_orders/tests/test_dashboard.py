from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import T0, OrdersCase, order


@tagged("post_install", "-at_install")
class TestDashboard(OrdersCase):
    def graph(self):
        return self.env["orion.dashboard"]._graphs(self.channel)[self.channel.id]

    @freeze_time(T0)
    def test_orders_per_day(self):
        """Read again and again, an order counts once, on the day it was placed."""
        yesterday = T0 - timedelta(days=1)
        orders = [order("S1"), order("S2", ordered_at=yesterday), order("S3", ordered_at=yesterday)]
        for _poll in range(3):
            self.imported(*orders)
        days = {day["date"]: day["good"] for day in self.graph()["days"]}
        self.assertEqual(self.graph()["label"], "Orders per day")
        self.assertEqual((days["2026-10-31"], days["2026-11-01"]), (2, 1))
        self.assertEqual(sum(days.values()), 3)

    @freeze_time(T0)
    def test_refused_orders_and_older_ones_are_left_out(self):
        self.imported(order("S1"), order("S2"), order("S3", ordered_at=T0 - timedelta(days=20)))
        refused = self.env["sale.order"].search([("orion_external_id", "=", "S2")])
        refused._orion_refused()
        self.assertEqual(sum(day["good"] for day in self.graph()["days"]), 1)
