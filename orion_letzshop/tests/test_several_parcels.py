from odoo.tests import tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestSeveralParcels(LetzshopCase):
    def test_letzshop_is_told_one_number(self):
        [shipment] = self.add_orders()
        order = self.imported([shipment])
        order.orion_confirm()
        self.work()
        result = order.orion_set_tracking(tracking_number="T1\nT2", tracking_carrier="dhl")
        self.work()
        self.assertEqual(self.control.shipment(shipment)["tracking"]["code"], "T1")
        self.assertEqual(self.effects()["tracking"], 1)
        self.assertEqual(order.orion_tracking_number, "T1,T2")
        self.assertIn("T2 stay here", result["message"])
        self.assertEqual(order.letzshop_sync_status, "shipped")
