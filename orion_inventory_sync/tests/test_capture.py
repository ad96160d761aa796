import time

from odoo.tests import Form
from odoo.tools import SQL

from odoo.addons.orion_base.engine import wake

from .stock_common import StockCase


class TestCapture(StockCase):
    def setUp(self):
        super().setUp()
        self.pen = self.new_product("PEN", 10)
        self.forget()

    def forget(self):
        self.commit()
        self.env.cr.execute("DELETE FROM orion_stock_change")

    def changes(self):
        self.commit()
        rows = self.env.execute_query_dict(
            SQL("SELECT channel_id, product_id FROM orion_stock_change")
        )
        self.forget()
        return [(row["channel_id"], row["product_id"]) for row in rows]

    def test_once_a_transaction_whatever_happens(self):
        for _time in range(5):
            self.put(self.pen, 1)
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])

    def test_one_query_a_transaction(self):
        """But for the first one of each second and process, which wakes the workers too."""
        wake._last_wake[self.env.cr.dbname] = time.monotonic() + 3600
        self.put(self.pen, 1)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env.cr.precommit.run()

    def test_nothing_where_no_channel_follows(self):
        self.channel.stock_sync_enabled = False
        self.forget()
        self.put(self.pen, 1)
        self.assertEqual(self.changes(), [])

    def test_ways_in_which_stock_changes(self):
        ways = {
            "adjustment": self.adjust,
            "delivery": self.deliver,
            "demand": lambda: self.demand(self.pen, 2),
            "cancelled demand": self.demand_and_cancel,
            "scrap": self.scrap,
            "quant": lambda: self.put(self.pen, 1),
            "return": self.give_back,
            "receipt": self.receive,
            "imported quants": self.load_quants,
            "quant that is deleted": lambda: self.quants().sudo().unlink(),
        }
        for name, way in ways.items():
            with self.subTest(way=name):
                way()
                # Odoo also runs what comes before a commit at each savepoint, as in an import
                self.assertEqual(set(self.changes()), {(self.channel.id, self.pen.id)})

    def adjust(self):
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.pen.id,
                "location_id": self.stock.id,
                "inventory_quantity": 25,
            }
        ).action_apply_inventory()

    def deliver(self):
        move = self.demand(self.pen, 2)
        self.forget()
        move._action_assign()
        move.picked = True
        move._action_done()

    def demand_and_cancel(self):
        move = self.demand(self.pen, 2)
        self.forget()
        move._action_cancel()

    def quants(self):
        return self.env["stock.quant"].search(
            [("product_id", "=", self.pen.id), ("location_id", "child_of", self.stock.id)]
        )

    def picking(self, kind, source, target):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.pen.id,
                            "product_uom_qty": 2,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def receive(self):
        vendors = self.env.ref("stock.stock_location_suppliers")
        picking = self.picking(self.warehouse.in_type_id, vendors, self.stock)
        self.forget()
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def give_back(self):
        picking = self.picking(self.warehouse.out_type_id, self.stock, self.customers)
        picking.button_validate()
        context = {
            "active_id": picking.id,
            "active_ids": picking.ids,
            "active_model": picking._name,
        }
        wizard = Form(self.env["stock.return.picking"].with_context(**context)).save()
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.forget()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")

    def load_quants(self):
        result = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True, import_file=True)
            .load(
                ["product_id/.id", "location_id/.id", "inventory_quantity"],
                [[str(self.pen.id), str(self.stock.id), "55"]],
            )
        )
        self.assertFalse(result["messages"], result)
        self.quants().action_apply_inventory()

    def scrap(self):
        self.env["stock.scrap"].create(
            {"product_id": self.pen.id, "scrap_qty": 1, "location_id": self.stock.id}
        ).action_validate()

    def test_reserving_alone_changes_nothing(self):
        move = self.demand(self.pen, 2)
        self.forget()
        quants = self.env["stock.quant"].search([("product_id", "=", self.pen.id)])
        quants.write({"reserved_quantity": 2})
        self.assertEqual(self.changes(), [])
        move._action_cancel()

    def test_another_shelf_for_a_reservation(self):
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("A", "B")]
        )
        self.put(self.pen, 10, shelves[0])
        self.put(self.pen, 10, shelves[1])
        move = self.demand(self.pen, 2)
        move._action_assign()
        line = move.move_line_ids
        self.forget()
        line.location_id = shelves[1]
        self.assertEqual(self.changes(), [], "whole warehouses count")
        self.channel.stock_location_ids = shelves[0]
        self.forget()
        line.location_id = shelves[0]
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])
        line.unlink()
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])

    def test_what_a_listing_says(self):
        listing = self.listing(self.pen)
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])
        listing.safety_stock = 3
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])
        listing.price = 3
        self.assertEqual(self.changes(), [])
