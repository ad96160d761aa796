from unittest.mock import patch

from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import RetryLater, UnknownOutcome
from odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase import BoughtLabel

from sandbox.carriers.pdf import label_pdf

from .common import LabelsCase


class TestPurchase(LabelsCase):
    """The seam for carriers with an API. That it outlives a rollback is seen in tests/, where
    transactions are real."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="dhl"))
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

    def buy_and(self, error):
        def buy():
            self.bought.append(self.picking.id)
            raise error

        # Odoo's assertRaises would roll back what is committed by then
        try:
            self.dhl._orion_buy_label(self.picking, buy)
        except type(error) as found:
            self.assertIs(found, error)
        else:
            self.fail("It was bought.")

    def test_what_the_carrier_refused_was_not_bought(self):
        for error in (UserError("The street is missing."), RetryLater("Busy.")):
            self.buy_and(error)
            self.assertFalse(self.labels())
        self.assertEqual(self.dhl._orion_buy_label(self.picking, self.buy).tracking_number, "API3")

    def test_nothing_is_bought_blindly(self):
        for error in (RuntimeError("killed"), UnknownOutcome("No answer.")):
            with self.subTest(error):
                self.bought.clear()
                self.buy_and(error)
                label = self.labels()
                self.assertEqual((label.state, label.tracking_number), ("buying", False))
                with self.assertRaisesRegex(UserError, "is not known. Look into your account"):
                    self.dhl._orion_buy_label(self.picking, self.buy)
                self.assertEqual(len(self.bought), 1)
                label.with_user(self.clerk).action_nothing_bought()
                self.dhl._orion_buy_label(self.picking, self.buy)
                self.assertEqual(self.labels().state, "fetched")
                with self.assertRaisesRegex(UserError, "is not being bought"):
                    self.labels().with_user(self.clerk).action_nothing_bought()
                self.dhl._orion_forget_purchase(self.picking)
                self.labels().unlink()

    def test_a_file_that_cannot_be_kept_takes_nothing_along(self):
        name = "odoo.addons.orion_shipping_labels.models.orion_shipping_label_purchase"
        labels = self.env.registry["orion.shipping.label"]
        with (
            patch.object(labels, "_keep_file", side_effect=OSError("No space left on device")),
            self.assertLogs(name, "ERROR"),
        ):
            bought = self.dhl._orion_buy_label(self.picking, self.buy)
        self.assertTrue(bought.content, "the carrier's addon has it all the same")
        label = self.labels()
        self.assertEqual((label.tracking_number, label.price, label.state), ("API1", 4.5, "failed"))
        self.assertIn("Print it from your account", label.error_text)
        again = self.dhl._orion_buy_label(self.picking, self.buy)
        self.assertEqual((again.tracking_number, len(self.bought)), ("API1", 1))
        self.assertFalse(self.batch_of(self.sale).pdf_count)

    def test_each_of_several_is_printed(self):
        second = self.split(self.picking, 1)
        self.env.flush_all()
        for number, delivery in enumerate((self.picking, second)):
            self.dhl._orion_buy_label(
                delivery, lambda n=number: BoughtLabel(f"N{n}", label_pdf("N", "DHL"), "pdf")
            )
        self.env.invalidate_all()
        batch = self.batch_of(self.sale)
        self.assertEqual(batch.line_ids.picking_id, self.picking | second)
        self.assertEqual([line.label_id.tracking_number for line in batch.line_ids], ["N0", "N1"])
        self.assertEqual(batch.pdf_count, 2)
        self.leave(self.picking, number="N0")
        self.leave(second, number="N1")
        batch = self.batch_of(self.sale)
        self.assertEqual((len(batch.line_ids), batch.pdf_count), (1, 2), "those that left too")
        self.dhl._orion_forget_purchase(second)
        self.env.invalidate_all()
        self.assertEqual(
            self.batch_of(self.sale).pdf_count, 1, "what was given back is not printed"
        )

    def test_printed_with_the_others(self):
        self.dhl._orion_buy_label(self.picking, self.buy)
        self.labels()
        action = self.sale.action_orion_open_batch()
        batch = self.env["orion.shipping.batch"].browse(action["res_id"])
        self.assertEqual(batch.pdf_count, 1)
