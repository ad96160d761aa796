from unittest.mock import patch

from odoo.fields import Command

from .common import LabelsCase


class TestKitInTwoParcels(LabelsCase):
    """A product that is delivered in components, each in a parcel of its own."""

    def setUp(self):
        super().setUp()
        self.sale = self.accepted(self.order(quantity=2, shipping_carrier="ups"))
        self.wheels = self.delivery(self.sale)
        self.frames = self.wheels.copy({"move_ids": [], "carrier_tracking_ref": False})
        self.wheels.do_unreserve()
        self.components([(self.wheels, "Wheel", 4), (self.frames, "Frame", 2)])
        self.both = self.wheels | self.frames
        lines = type(self.env["sale.order.line"])
        counted = lines._prepare_qty_delivered
        self.startPatcher(
            patch.object(
                lines,
                "_prepare_qty_delivered",
                lambda some: counted(some) | {line: self.complete(line) for line in some},
            )
        )

    def complete(self, line):
        """As `sale_mrp`, which need not be there, counts kits."""
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        kits = [
            sum(
                move.quantity
                for move in moves
                if move.product_id == product and move.state == "done"
            )
            // pieces
            for product, pieces in zip(self.parts, (2, 1), strict=True)
        ]
        return min(kits)

    def components(self, parts):
        """Instead of the sold product, these leave: as manufacturing explodes a kit."""
        products = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for _delivery, name, _pieces in parts]
        )
        self.parts = products
        line = self.sale.order_line.sudo()
        line.move_ids._action_cancel()
        line.move_ids.unlink()
        for (delivery, _name, pieces), product in zip(parts, products, strict=True):
            self.env["stock.quant"]._update_available_quantity(product, self.stock, 100)
            delivery.move_ids = [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": pieces,
                        "sale_line_id": line.id,
                        "location_id": delivery.location_id.id,
                        "location_dest_id": delivery.location_dest_id.id,
                    }
                )
            ]
            delivery.action_confirm()
            delivery.action_assign()
            self.assertEqual((delivery.state, delivery.sale_id), ("assigned", self.sale))

    def shipped(self):
        return self.sale.order_line.orion_shipped_quantity

    def test_it_has_not_left_with_the_first(self):
        result = self.wheels.with_user(self.clerk).orion_mark_shipped(
            tracking_number="T1", validate_delivery=True
        )
        self.assertTrue(result["success"], result)
        self.assertEqual((self.both.mapped("state"), self.shipped()), (["done", "assigned"], 0))
        self.assertNotEqual(self.sale.orion_status, "shipped")
        self.frames.with_user(self.clerk).orion_mark_shipped(
            tracking_number="T2", validate_delivery=True
        )
        self.assertEqual((self.both.mapped("state"), self.shipped()), (["done", "done"], 2))
        self.assertEqual(self.sale.orion_status, "shipped")

    def test_rows_of_the_packing_table(self):
        for validates in (True, False):
            with self.subTest(validates), self.env.cr.savepoint() as savepoint:
                batch = self.batch_of(self.sale)
                batch.validate_delivery = validates
                rows = batch.line_ids
                self.assertEqual(rows.picking_id, self.both)
                self.assertIn("4 × Wheel (Sold pen)", rows[0].goods_text)
                self.assertIn("2 × Frame (Sold pen)", rows[1].goods_text)
                rows[0].tracking_number = "T1"
                rows[0]._ship()
                self.assertEqual((rows[0].result, self.shipped()), ("done", 0), rows[0].message)
                self.assertIn("Left to ship: 2 × Sold pen", rows[0].message)
                left = "done" if validates else "assigned"
                self.assertEqual(self.both.mapped("state"), [left, "assigned"])
                self.work()
                self.assertNotEqual(self.sale.orion_status, "shipped")
                rows[1].tracking_number = "T2"
                rows[1]._ship()
                self.work()
                self.assertEqual((rows[1].result, self.sale.orion_status), ("done", "shipped"))
                self.assertEqual(self.both.mapped("carrier_tracking_ref"), ["T1", "T2"])
                self.assertEqual(self.told()[-2:], [("T1", "ups"), ("T1,T2", "ups")])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_only_noted_it_is_whole_with_the_second(self):
        for number, delivery in enumerate(self.both):
            self.assertEqual(self.shipped(), 0)
            delivery.with_user(self.clerk).orion_mark_shipped(
                tracking_number=f"T{number}", validate_delivery=False
            )
        self.assertEqual((self.shipped(), self.sale.orion_status), (2, "shipped"))
        self.assertEqual(self.both.mapped("state"), ["assigned", "assigned"])

    def test_as_many_as_are_whole(self):
        self.leave(self.wheels, quantity=2)
        rest = self.delivery(self.sale) - self.frames
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        self.assertEqual(self.frames._orion_kits_complete(), {self.sale.order_line: 1})
        both = self.frames | rest
        self.assertEqual(both._orion_kits_complete(), {self.sale.order_line: 2})

    def test_slips_say_what_is_in_each(self):
        line = self.sale.order_line
        self.assertEqual(self.sale._orion_slip_lines(self.wheels), [(line.sudo(), 0)])
        self.assertEqual(self.sale._orion_slip_parts(self.wheels), {line.sudo(): "4 × Wheel"})
        self.frames.move_ids.picking_id = self.wheels
        self.assertEqual(self.sale._orion_slip_lines(self.wheels), [(line.sudo(), 2)])
        self.assertEqual(self.sale._orion_slip_parts(self.wheels), {})
