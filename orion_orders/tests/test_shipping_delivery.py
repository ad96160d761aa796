from decimal import Decimal

from odoo.exceptions import UserError

from odoo.addons.orion_orders.lib.order_data import OrderState

from .common import GTIN_2, line, order
from .test_shipping import ShippingCase


class TestMarkShippedDelivery(ShippingCase):
    """Odoo's delivery of what is marked as shipped."""

    def setUp(self):
        super().setUp()
        self.delivery = self.sale.sudo().picking_ids

    def ship(self, quantity=None, sale=None, **options):
        sale = sale or self.sale
        lines = quantity and [{"line_id": sale.order_line[0].id, "quantity": quantity}]
        result = sale.orion_mark_shipped(lines=lines, **options)
        self.env.invalidate_all()
        return result

    def empty_stock(self):
        location = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.delivery.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(self.pen, location, -99)

    def test_is_validated(self):
        for option in (None, True):
            sale = self.accepted(order(f"D{option}", lines=(line(quantity=Decimal(2)),)))
            result = self.ship(sale=sale, validate_delivery=option, tracking_number="T1")
            self.assertEqual(result["message"], f"{sale.name} is marked as shipped.")
            self.assertRecordValues(
                sale.sudo().picking_ids, [{"state": "done", "carrier_tracking_ref": "T1"}]
            )
            self.assertEqual(sale.order_line.qty_delivered, 2)
            self.assertEqual(sale.orion_status, "shipped")

    def test_is_left_alone(self):
        self.assertTrue(self.ship(validate_delivery=False)["success"])
        self.assertEqual((self.sale.orion_status, self.delivery.state), ("shipped", "assigned"))

    def test_in_parts(self):
        self.ship(1)
        self.assertEqual((self.delivery.state, self.delivery.move_ids.quantity), ("done", 1))
        rest = self.sale.sudo().picking_ids - self.delivery
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.ship(2)
        self.assertEqual((rest.state, self.sale.orion_status), ("done", "shipped"))
        self.assertEqual(self.sale.order_line.qty_delivered, 3)

    def test_a_line_that_stays(self):
        lines = (line(quantity=Decimal(2)), line("L2", quantity=Decimal(1)))
        sale = self.accepted(order("S2", lines=lines))
        self.ship(2, sale=sale)
        self.assertEqual(sale.order_line.mapped("qty_delivered"), [2, 0])
        still_open = sale.sudo()._orion_open_deliveries()
        self.assertEqual(still_open.move_ids.sale_line_id, sale.sudo().order_line[1])

    def test_what_was_delivered_before_is_not_delivered_twice(self):
        self.delivery.move_ids.quantity = 1
        self.delivery.move_ids.picked = True
        self.delivery.with_context(skip_backorder=True).button_validate()
        self.ship()
        self.assertEqual(self.sale.order_line.qty_delivered, 3)
        self.assertEqual(set(self.sale.sudo().picking_ids.mapped("state")), {"done"})

    def test_missing_stock_is_said(self):
        self.empty_stock()
        result = self.ship()
        self.assertTrue(result["success"])
        self.assertRegex(result["message"], "not everything is in stock .*catalogue: 1 of 3")
        self.assertEqual(self.sale.orion_status, "shipped")
        self.assertNotEqual(self.delivery.state, "done")

    def test_missing_stock_stops_who_wants_it_validated(self):
        self.empty_stock()
        with self.assertRaisesRegex(UserError, "not everything is in stock"):
            self.ship(validate_delivery=True)
        self.assertEqual(self.sale.order_line.orion_shipped_quantity, 0)
        other = self.accepted(order("S2", lines=(line(quantity=Decimal(1)),)))
        result = (self.sale | other).orion_mark_shipped(validate_delivery=True)
        self.assertFalse(result["success"])
        self.assertIn(self.sale.name, result["message"])
        self.assertEqual((self.sale | other).mapped("orion_status")[1], "shipped")
        self.assertEqual(other.sudo().picking_ids.state, "done")

    def test_waits_for_an_earlier_step(self):
        self.env["stock.warehouse"].search([], limit=1).delivery_steps = "pick_ship"
        sale = self.accepted(order("S2"))
        pick = sale.sudo().picking_ids
        self.assertIn(f"{pick.name} comes before the delivery", self.ship(sale=sale)["message"])
        self.assertEqual((sale.orion_status, pick.state), ("shipped", "assigned"))
        pick.button_validate()
        sale.sudo()._orion_deliver()
        self.assertEqual(set(sale.sudo().picking_ids.mapped("state")), {"done"})
        self.assertEqual(sale.order_line.qty_delivered, 1)

    def test_serial_numbers_are_a_persons_to_choose(self):
        self.pen.tracking = "serial"
        sale = self.accepted(order("S2"))
        location = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.pen, location, 5)
        result = self.ship(sale=sale)
        self.assertIn("cannot be validated", result["message"])

    def test_waits_for_products(self):
        sale = self.accepted(order("S2", lines=(line(), line("L2", gtin=GTIN_2))))
        self.assertEqual((sale.state, sale.orion_status), ("draft", "confirmed"))
        with self.assertRaisesRegex(UserError, "no delivery in Odoo is open for .*Sold pen"):
            self.ship(sale=sale, validate_delivery=True)
        self.assertEqual(sale.orion_status, "confirmed")
        self.assertIn("no delivery in Odoo is open", self.ship(sale=sale)["message"])

    def test_only_products_that_wait(self):
        sale = self.accepted(order("S2", lines=(line(gtin=GTIN_2),)))
        with self.assertRaisesRegex(UserError, "no delivery in Odoo is open"):
            self.ship(sale=sale, validate_delivery=True)

    def test_more_than_the_open_delivery_has(self):
        self.delivery.move_ids.product_uom_qty = 2
        with self.assertRaisesRegex(UserError, "no delivery in Odoo is open"):
            self.ship(validate_delivery=True)
        self.assertNotEqual(self.delivery.state, "done")
        self.delivery.action_cancel()
        with self.assertRaisesRegex(UserError, "no delivery in Odoo is open"):
            self.ship(validate_delivery=True)
        self.assertNotEqual(self.sale.orion_status, "shipped")

    def test_an_order_of_the_past_has_no_delivery(self):
        [sale] = self.imported(order("S2", state=OrderState.ACCEPTED), history=True)
        self.ship(sale=sale.with_user(self.clerk), validate_delivery=True)
        self.assertEqual(sale.orion_status, "shipped")

    def test_lines_of_several_orders(self):
        other = self.accepted(order("S2", lines=(line(quantity=Decimal(1)),)))
        orders = self.sale | other
        result = orders.orion_mark_shipped(
            lines=[{"line_id": sale.order_line.id, "quantity": 2} for sale in orders]
        )
        self.assertFalse(result["success"])
        self.assertRegex(result["message"], f"{other.name}, .*1.0 are left to ship, not 2")
        self.assertEqual(orders.order_line.mapped("orion_shipped_quantity"), [2, 0])


class TestTrackingOnDelivery(ShippingCase):
    def test_open_delivery_first(self):
        delivery = self.sale.sudo().picking_ids
        self.sale.orion_set_tracking(tracking_number="T1")
        self.assertEqual(delivery.carrier_tracking_ref, "T1")
        self.sale.orion_mark_shipped(lines=[{"line_id": self.sale.order_line.id, "quantity": 1}])
        rest = self.sale.sudo()._orion_open_deliveries()
        self.sale.orion_set_tracking(tracking_number="T2")
        self.assertEqual((delivery | rest).mapped("carrier_tracking_ref"), ["T1", "T2"])

    def test_corrected_after_the_delivery(self):
        self.sale.orion_mark_shipped(tracking_number="T1")
        self.sale.orion_set_tracking(tracking_number="T2")
        self.assertEqual(self.sale.sudo().picking_ids.carrier_tracking_ref, "T2")
