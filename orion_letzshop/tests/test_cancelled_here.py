"""Orders that are cancelled in Odoo while something of them is open at Letzshop."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestCancelledHere(LetzshopCase):
    CANCEL = {"status": "cancelled", "reason": "The customer asked for it"}

    def accepted_in_part(self):
        """An order of two pieces, one of them accepted, with its piece that is open."""
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        first = order.letzshop_unit_ids[0]
        order.orion_confirm(inventory_unit_ids=[first.external_id])
        self.work()
        self.assertEqual(order.orion_decision, "accepted")
        return order, order.letzshop_unit_ids - first

    def test_not_while_pieces_wait_for_their_decision(self):
        order, left = self.accepted_in_part()
        with self.assertRaisesRegex(UserError, "still to be decided: 1. Refuse them"):
            order.orion_set_status(**self.CANCEL)
        order.orion_reject(inventory_unit_ids=left.mapped("external_id"), reason="Sold out")
        with self.assertRaisesRegex(UserError, "on its way"):
            order.orion_set_status(**self.CANCEL)
        self.work()
        order.orion_set_status(**self.CANCEL)
        self.assertEqual((order.state, order.orion_decision), ("cancel", "cancelled"))

    def test_not_while_a_confirmation_is_on_its_way(self):
        order, left = self.accepted_in_part()
        order.orion_confirm(inventory_unit_ids=left.mapped("external_id"))
        with self.assertRaisesRegex(UserError, "on its way to .*Queue"):
            order.orion_set_status(**self.CANCEL)

    def test_of_a_channel_that_is_given_up(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        with self.assertRaisesRegex(UserError, "waits for the decision"):
            order.orion_set_status(**self.CANCEL)
        self.channel.active = False
        order.orion_set_status(**self.CANCEL)
        self.assertEqual((order.state, order.orion_decision), ("cancel", "cancelled"))

    def cancelled_while_the_channel_is_archived(self, order):
        self.channel.active = False
        order.orion_set_status(**self.CANCEL)
        self.channel.active = True
        self.work()
        self.assertEqual((order.state, order.orion_decision), ("cancel", "cancelled"))

    def test_a_confirmation_that_waited_does_not_leave_any_more(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        order.orion_confirm()
        operation = order.letzshop_unit_ids.operation_id
        self.cancelled_while_the_channel_is_archived(order)
        self.assertEqual(self.effects()["confirmed"], 0)
        self.assertEqual(operation.status, "failed")
        self.assertIn("cancelled meanwhile", operation.error_message)

    def test_a_confirmation_that_arrived_all_the_same_is_told(self):
        [shipment] = self.add_orders(quantity=2)
        order = self.imported([shipment])
        self.control.arm("hang_up", operation="confirmInventoryUnits", when="after")
        order.orion_confirm()
        self.step()
        self.assertEqual(order.letzshop_unit_ids.operation_id.status, "unknown")
        self.cancelled_while_the_channel_is_archived(order)
        self.assertEqual(self.effects()["confirmed"], 2)
        told = order.activity_ids.filtered(lambda one: "cancelled in Odoo" in (one.summary or ""))
        self.assertEqual(len(told), 1)
        self.assertIn("Have it cancelled there", told.note)
