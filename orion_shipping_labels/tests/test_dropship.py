from odoo.exceptions import UserError
from odoo.fields import Command

from .common import LabelsCase


class TestDropship(LabelsCase):
    """What a supplier sends straight to the customer is a parcel like the others."""

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=3, shipping_carrier="ups"))
        self.own = self.delivery(self.sale)

    def dropship(self, quantity, own=None):
        """Goods of the order that come from a supplier, as `stock_dropshipping` has it: the type
        of the transfer is none that leaves the own house."""
        own = own or self.own
        own.do_unreserve()
        [move] = own.move_ids
        values = {
            "picking_type_id": own.picking_type_id.warehouse_id.in_type_id.id,
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": own.location_dest_id.id,
        }
        values["move_ids"] = [
            Command.create(
                {
                    "product_id": move.product_id.id,
                    "product_uom_qty": quantity,
                    "sale_line_id": move.sale_line_id.id,
                    **{name: values[name] for name in ("location_id", "location_dest_id")},
                }
            )
        ]
        sent = self.env["stock.picking"].create(values)
        if quantity == move.product_uom_qty:
            own.action_cancel()
        else:
            move.product_uom_qty -= quantity
            own.action_assign()
        sent.action_confirm()
        self.assertEqual((sent.state, sent.sale_id.id), ("assigned", self.sale.id))
        self.assertNotEqual(sent.picking_type_code, "outgoing")
        return sent

    def test_the_marketplace_is_told_once(self):
        sent = self.dropship(3)
        self.assertTrue(sent.orion_is_marketplace)
        self.leave(sent, number="T1")
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertEqual(
            (self.sale.orion_status, self.sale.orion_tracking_number), ("shipped", "T1")
        )
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 3)
        sent.carrier_tracking_ref = "T1"
        self.assertEqual(len(self.told()), 1)
        sent.carrier_tracking_ref = "T2"
        self.assertEqual(self.told()[1:], [("T2", "ups")])

    def test_beside_an_own_parcel(self):
        sent = self.dropship(1)
        self.leave(sent, number="D1")
        self.assertEqual(self.told(), [("D1", "ups")])
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.assertEqual(self.sale.orion_goods_left, "2 × Sold pen")
        self.leave(self.own, number="O1")
        first, (last, _carrier) = self.told()
        self.assertEqual((first, sorted(last.split(","))), (("D1", "ups"), ["D1", "O1"]))
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_what_the_supplier_sends_is_not_validated_with_the_own_parcel(self):
        sent = self.dropship(1)
        with self.assertRaisesRegex(UserError, "the supplier sends Sold pen"):
            self.sale.orion_mark_shipped(tracking_number="O1", validate_delivery=True)
        line = {"line_id": self.sale.order_line.id, "quantity": 2}
        self.sale.orion_mark_shipped(lines=[line], tracking_number="O1", validate_delivery=True)
        self.assertEqual((self.own.state, sent.state), ("done", "assigned"))
        sent.orion_mark_shipped(tracking_number="D1", validate_delivery=True)
        self.assertEqual(sent.state, "done")

    def test_one_number_for_both_is_told_once(self):
        sent = self.dropship(1)
        self.leave(sent, number="T1")
        self.leave(self.own, number="T1")
        self.assertEqual(self.told(), [("T1", "ups")])
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_a_number_of_the_order_is_the_own_parcels(self):
        sent = self.dropship(1)
        self.sale.orion_set_tracking(tracking_number="O1")
        self.assertEqual((sent | self.own).mapped("carrier_tracking_ref"), [False, "O1"])

    def test_how_a_supplier_sends_is_not_the_orders_carrier(self):
        sent = self.dropship(1)
        self.sale.sudo().carrier_id = self.dhl
        self.assertEqual((sent.carrier_id.id, self.own.carrier_id), (False, self.dhl))

    def test_the_carrier_of_a_suppliers_number(self):
        self.sale = self.accepted(self.order("S2", quantity=1))
        sent = self.dropship(1, self.delivery(self.sale))
        self.leave(sent, number="1Z999AA10123456784")
        self.assertEqual(self.told(self.sale), [("1Z999AA10123456784", "ups")])

    def test_at_the_packing_table_own_parcels_are_first(self):
        sent = self.dropship(1)
        self.assertEqual(self.batch_of(self.sale).line_ids.picking_id, self.own)
        action = sent.with_user(self.clerk).action_orion_open_batch()
        row = self.env["orion.shipping.batch"].browse(action["res_id"]).line_ids
        self.assertEqual(row.picking_id, sent)
        self.assertIn("sent by the supplier", row.goods_text)
        row.tracking_number = "D1"
        row._ship()
        self.assertEqual((row.result, sent.state, self.own.state), ("done", "done", "assigned"))
        self.assertEqual(self.told(), [("D1", "ups")])

    def test_a_suppliers_parcel_waits_for_no_picking(self):
        sent = self.dropship(3)
        before = self.own.copy(
            {"picking_type_id": self.own.picking_type_id.warehouse_id.int_type_id.id}
        )
        before.move_ids.sale_line_id = self.sale.order_line
        before.action_confirm()
        self.assertEqual(before.sale_id, self.sale)
        sent.with_user(self.clerk).orion_mark_shipped(tracking_number="D1", validate_delivery=True)
        self.assertEqual(sent.state, "done")
