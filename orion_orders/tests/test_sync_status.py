from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.orion_base.lib.errors import Rejected

from .common import OrdersCase, order


class TestSyncStatus(OrdersCase):
    """What an order shows of its operations."""

    def setUp(self):
        super().setUp()
        self.sale = self.imported(order()).with_user(self.clerk)

    def assert_error(self, text):
        self.assertEqual(self.sale.orion_sync_status, "error")
        self.assertIn(text, self.sale.orion_sync_error)

    def operations(self, status):
        return self.env["orion.operation"].search(
            [("res_id", "=", self.sale.id), ("status", "=", status)]
        )

    def test_what_odoo_could_not_follow_is_an_error_of_the_order(self):
        self.sale.orion_confirm()
        redirect = RedirectWarning("Configure a warehouse first", 1, "Go there")
        confirming = patch.object(
            self.env.registry["sale.order"], "_action_confirm", side_effect=redirect
        )
        with confirming, mute_logger("odoo.addons.orion_base.engine.consequences"):
            self.work()
        self.assert_error("Configure a warehouse first. Remove the cause")
        self.assertFalse(self.sale.orion_to_decide)
        notes = " ".join(self.sale.sudo().activity_ids.mapped("note"))
        self.assertIn("Configure a warehouse first", html2plaintext(notes))
        self.assertNotIn("RedirectWarning", notes)
        self.operations("completed").apply_after = False
        self.work()
        self.assertEqual((self.sale.state, self.sale.orion_sync_status), ("sale", "synced"))
        self.assertFalse(self.sale.orion_sync_error)

    def test_without_a_warehouse_the_marketplace_is_not_told(self):
        self.env["stock.warehouse"].search([]).active = False
        self.sale.sudo().warehouse_id = False
        with self.assertRaisesRegex(UserError, "no warehouse"):
            self.sale.orion_confirm()
        self.assertFalse(self.operations("pending"))

    def test_a_warehouse_made_later_is_taken(self):
        warehouse = self.sale.warehouse_id
        self.sale.sudo().warehouse_id = False
        self.sale.orion_confirm()
        self.assertEqual(self.sale.warehouse_id, warehouse)

    def fail_tracking(self):
        self.sale.orion_confirm()
        self.work()
        self.marketplace.answers["S1"] = Rejected("No such parcel")
        self.sale.orion_set_tracking(tracking_number="T1")
        self.work()
        self.assert_error("No such parcel")
        self.marketplace.answers.clear()

    def apply_again(self, operation):
        """Something else of the order is settled."""
        self.sale.sudo()._orion_operations_done(operation)

    def test_what_failed_stays_an_error_when_something_else_is_done(self):
        self.fail_tracking()
        self.apply_again(self.operations("completed"))
        self.assert_error("No such parcel")

    def test_until_it_is_cancelled(self):
        self.fail_tracking()
        self.operations("failed").cancel(reason="Never mind")
        self.work()
        self.assertEqual(self.sale.orion_sync_status, "synced")

    def test_or_another_number_was_told(self):
        self.fail_tracking()
        self.sale.orion_set_tracking(tracking_number="T2")
        self.work()
        self.assertEqual(self.sale.orion_sync_status, "synced")
        self.assertEqual(len(self.operations("failed")), 1)

    def test_a_failed_decision_counts_until_the_order_is_decided(self):
        self.marketplace.answers["S1"] = Rejected("Not now")
        self.sale.orion_confirm()
        self.work()
        self.assert_error("Not now")
        self.marketplace.answers.clear()
        self.sale.orion_reject(reason="Sold out")
        self.work()
        self.assertEqual(self.sale.orion_decision, "refused")
        self.assertEqual(self.sale.orion_sync_status, "synced")
