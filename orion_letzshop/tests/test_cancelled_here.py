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
