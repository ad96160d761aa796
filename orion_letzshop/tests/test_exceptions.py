from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LetzshopCase


@tagged("post_install", "-at_install")
class TestExceptions(LetzshopCase):
    """Lines without a product on a marketplace that decides piece by piece."""

    def setUp(self):
        super().setUp()
        [shipment] = self.add_orders(lines=2, quantity=2, known=False)
        first = self.control.shipment(shipment)["units"][0]
        product = self.env["product.product"].create(
            {"name": first["sku"], "default_code": first["sku"], "is_storable": True}
        )
        self.order = self.imported([shipment])
        self.unknown = self.order.order_line.filtered("orion_needs_product_match")
        self.known = self.order.order_line - self.unknown
        self.assertEqual(self.known.product_id, product)
        self.exception = self.unknown.orion_exception_ids
        self.units_of = self.order.letzshop_unit_ids.grouped("order_line_id")

    def test_every_piece_waits_for_the_product(self):
        with self.assertRaisesRegex(UserError, "One line has no product"):
            self.units_of[self.known].action_accept()
        with self.assertRaisesRegex(UserError, "One line has no product"):
            self.order.orion_confirm()
        self.exception.resolve(product_id=self.known.product_id.id)
        self.order.orion_confirm()
        self.work()
        self.assertEqual(self.effects()["confirmed"], 4)

    def test_a_part_of_the_pieces_refused_still_blocks(self):
        self.units_of[self.unknown][0]._decide("reject", reason="Unknown")
        self.work()
        self.assertEqual(self.exception.status, "pending")
        with self.assertRaisesRegex(UserError, "One line has no product"):
            self.order.orion_confirm()

    def test_all_pieces_refused_end_the_exception(self):
        self.units_of[self.unknown]._decide("reject", reason="Unknown")
        self.work()
        self.assertEqual(
            (self.exception.status, self.exception.resolution_source), ("resolved", "refused")
        )
        self.order.orion_confirm()
        self.work()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.picking_ids.move_ids.product_id, self.known.product_id)
        self.assertEqual(self.effects()["confirmed"], 2)

    def test_the_rest_can_be_confirmed_while_the_refusal_is_on_its_way(self):
        self.units_of[self.unknown]._decide("reject", reason="Unknown")
        self.order.orion_confirm()
        self.assertEqual(self.exception.status, "pending")
        self.work()
        self.assertEqual((self.exception.status, self.order.state), ("resolved", "sale"))
        self.assertEqual(self.known.product_uom_qty, 2)
        self.assertEqual(self.unknown.product_uom_qty, 0)

    def test_refused_on_letzshop(self):
        self.control.decide(self.units_of[self.unknown].mapped("external_id"), available=False)
        self.import_orders(external_ids=[self.order.orion_external_id])
        self.assertEqual(
            (self.exception.status, self.exception.resolution_source), ("resolved", "marketplace")
        )

    def test_accepted_on_letzshop(self):
        self.control.decide(shipment=self.order.orion_external_id)
        self.import_orders(external_ids=[self.order.orion_external_id])
        self.assertEqual((self.order.orion_status, self.order.state), ("confirmed", "draft"))
        self.exception.resolve(product_id=self.known.product_id.id)
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def external_ids(self, line):
        return self.units_of[line].mapped("external_id")

    def test_decided_in_part_on_letzshop(self):
        """What is refused there is delivered and invoiced by nobody, whichever line it is on."""
        for line in self.known | self.unknown:
            self.control.decide(self.external_ids(line)[:1], available=False)
            self.control.decide(self.external_ids(line)[1:])
        self.import_orders()
        self.assertEqual((self.order.orion_status, self.order.state), ("confirmed", "draft"))
        self.assertEqual(self.order.order_line.mapped("product_uom_qty"), [1, 1])
        self.exception.resolve(product_id=self.known.product_id.id)
        self.order.action_confirm()
        self.assertEqual(sum(self.order.picking_ids.move_ids.mapped("product_uom_qty")), 2)

    def test_unknown_pieces_refused_on_letzshop_the_others_accepted(self):
        self.control.decide(self.external_ids(self.unknown), available=False)
        self.control.decide(self.external_ids(self.known))
        self.import_orders()
        self.assertEqual(
            (self.exception.status, self.exception.resolution_source), ("resolved", "marketplace")
        )
        self.assertEqual((self.order.orion_status, self.order.state), ("confirmed", "sale"))
        self.assertEqual(self.order.picking_ids.move_ids.product_id, self.known.product_id)

    def test_known_pieces_refused_on_letzshop_the_unknown_accepted(self):
        self.control.decide(self.external_ids(self.known), available=False)
        self.control.decide(self.external_ids(self.unknown))
        self.import_orders()
        self.assertEqual((self.known.product_uom_qty, self.unknown.product_uom_qty), (0, 2))
        self.assertEqual(self.exception.status, "pending")

    def test_a_new_order_half_accepted_on_letzshop(self):
        """Pieces that still wait for a decision are in no delivery."""
        [shipment] = self.add_orders(lines=2, quantity=2, known=False)
        units = self.control.shipment(shipment)["units"]
        self.control.decide([units[0]["id"], units[2]["id"]])
        order = self.imported([shipment])
        self.assertEqual((order.orion_decision, order.state), ("accepted", "draft"))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 1])
