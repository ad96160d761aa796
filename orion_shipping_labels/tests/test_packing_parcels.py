from odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase import BoughtLabel

from sandbox.carriers.pdf import label_pdf

from .common import LabelsCase


class TestParcelsAtTheTable(LabelsCase):
    """An order with two deliveries: what is one row's is not the other's."""

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="dhl"))
        self.first = self.delivery(self.sale)
        self.second = self.split(self.first, 1)
        self.env.flush_all()

    def buy(self, delivery, number):
        with self.enter_registry_test_mode():
            self.dhl._orion_buy_label(
                delivery, lambda: BoughtLabel(number, label_pdf(number, "DHL"), "pdf")
            )
        self.env.invalidate_all()

    def labels(self, batch):
        return [line.label_id.tracking_number for line in batch.line_ids]

    def test_a_label_is_of_one_parcel(self):
        self.buy(self.first, "N1")
        batch = self.batch_of(self.sale)
        self.assertEqual(self.labels(batch), ["N1", False])
        self.assertEqual(batch.line_ids.mapped("label_state"), ["fetched", False])
        self.leave(self.first, number="N1")
        self.assertEqual(self.labels(self.batch_of(self.sale)), [False])
        self.buy(self.second, "N2")
        self.assertEqual(self.labels(batch), ["N1", "N2"], "each row finds its own, at any time")

    def test_a_label_without_a_delivery_is_the_orders(self):
        self.buy(self.first, "N1")
        self.sale.sudo().orion_label_ids.picking_id = False
        self.assertEqual(self.labels(self.batch_of(self.sale)), ["N1"] * 2)

    def test_getting_labels_leaves_alone_what_has_left(self):
        batch = self.batch_of(self.sale)
        batch.line_ids[0].tracking_number = "T1"
        batch.line_ids[0]._ship()
        said = batch.line_ids[0].message
        batch.line_ids[0].carrier_id = self.ups
        batch.action_fetch()
        self.assertEqual(batch.line_ids.mapped("result"), ["done", "failed"])
        self.assertEqual(batch.line_ids[0].message, said)
        self.assertEqual(self.sale.carrier_id, self.dhl)

    def test_what_has_left_meanwhile_takes_no_other_along(self):
        batch = self.batch_of(self.sale)
        batch.tell_marketplace = False
        batch.line_ids[0].tracking_number = "T1"
        self.leave(self.first)
        for _time in range(2):
            batch.line_ids[0]._ship()
            self.assertEqual(batch.line_ids[0].result, "done", batch.line_ids[0].message)
            self.assertEqual(self.sale.order_line.orion_shipped_quantity, 2)
            self.assertNotEqual(self.sale.orion_status, "shipped")
            self.assertEqual(self.first.carrier_tracking_ref, "T1")
        self.assertIn("1 ×", batch.line_ids[1].goods_text)

    def test_the_last_one_ships_the_order(self):
        batch = self.batch_of(self.sale)
        batch.tell_marketplace = False
        batch.line_ids.tracking_number = "T1"
        batch.line_ids._ship()
        self.assertEqual(batch.line_ids.mapped("result"), ["done"] * 2)
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_an_order_without_any_delivery_leaves_as_a_whole(self):
        self.sale.sudo().picking_ids.action_cancel()
        batch = self.batch_of(self.sale)
        batch.tell_marketplace = False
        batch.line_ids.tracking_number = "T1"
        batch.line_ids._ship()
        self.assertEqual(batch.line_ids.mapped("result"), ["done"])
        self.assertEqual(self.sale.orion_status, "shipped")


class TestPurchaseWhoseRowIsGone(LabelsCase):
    def test_what_was_paid_for_is_kept(self):
        self.enterContext(self.enter_registry_test_mode())
        sale = self.accepted(self.order(shipping_carrier="dhl"))
        delivery = self.delivery(sale)
        self.env.flush_all()
        bought = []

        def buy():
            bought.append(delivery.id)
            labels = self.env["orion.shipping.label"].search([("order_id", "=", sale.id)])
            self.assertEqual(labels.mapped("state"), ["buying"])
            labels.unlink()
            self.env.flush_all()
            return BoughtLabel("API1", label_pdf("API1", "DHL"), "pdf", 4.5)

        self.dhl._orion_buy_label(delivery, buy)
        self.env.invalidate_all()
        label = self.env["orion.shipping.label"].search([("order_id", "=", sale.id)])
        self.assertEqual(
            (label.state, label.tracking_number, label.price, label.picking_id),
            ("fetched", "API1", 4.5, delivery),
        )
        self.assertTrue(label.attachment_id.raw)
        again = self.dhl._orion_buy_label(delivery, buy)
        self.assertEqual((again.tracking_number, len(bought)), ("API1", 1))
