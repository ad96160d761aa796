from odoo.tools import SQL

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
        self.put(self.pen, 1)
        self.env.flush_all()
        self.env.cr.precommit.data["orion.wake"] = True
        with self.assertQueryCount(1):
            self.env.cr.precommit.run()
        self.env.cr.precommit.data.pop("orion.wake", None)

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
        }
        for name, way in ways.items():
            with self.subTest(way=name):
                way()
                self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])

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

    def test_what_a_listing_says(self):
        listing = self.listing(self.pen)
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])
        listing.safety_stock = 3
        self.assertEqual(self.changes(), [(self.channel.id, self.pen.id)])
        listing.price = 3
        self.assertEqual(self.changes(), [])
