from odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase import BoughtLabel

from sandbox.carriers.pdf import label_pdf

from .common import LabelsCase


class TestPurchase(LabelsCase):
    """The seam for carriers with an API. That it outlives a rollback is seen in tests/, where
    transactions are real."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.sale = self.accepted(self.order(shipping_carrier="dhl"))
        self.picking = self.delivery(self.sale)
        self.env.flush_all()
        self.bought = []

    def buy(self):
        self.bought.append(self.picking.id)
        return BoughtLabel(f"API{len(self.bought)}", label_pdf("API1", "DHL"), "pdf", 4.5)

    def labels(self):
        self.env.invalidate_all()
        return self.env["orion.shipping.label"].search([("order_id", "=", self.sale.id)])

    def test_kept_on_the_delivery_and_not_bought_again(self):
        self.dhl._orion_buy_label(self.picking, self.buy)
        [label] = self.labels()
        self.assertEqual(
            (label.state, label.tracking_number, label.price), ("fetched", "API1", 4.5)
        )
        self.assertEqual(label.picking_id, self.picking)
        self.assertTrue(label.attachment_id.raw)
        again = self.dhl._orion_buy_label(self.picking, self.buy)
        self.assertEqual((again.tracking_number, again.price), ("API1", 4.5))
        self.assertEqual(len(self.bought), 1)

    def test_given_back_is_bought_anew(self):
        self.dhl._orion_buy_label(self.picking, self.buy)
        self.dhl._orion_forget_purchase(self.picking)
        self.assertEqual(self.dhl._orion_buy_label(self.picking, self.buy).tracking_number, "API2")

    def test_printed_with_the_others(self):
        self.dhl._orion_buy_label(self.picking, self.buy)
        self.labels()
        action = self.sale.action_orion_open_batch()
        batch = self.env["orion.shipping.batch"].browse(action["res_id"])
        self.assertEqual(batch.pdf_count, 1)
