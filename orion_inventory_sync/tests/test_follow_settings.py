from unittest.mock import patch

from odoo import fields

from odoo.addons.orion_base.lib.errors import RateLimited

from .stock_common import PlayedStock, StockCase


class TestFollowSettings(StockCase):
    """What happens while a channel follows no changes is told once it does."""

    def setUp(self):
        super().setUp()
        self.pen = self.new_product("PEN", 10)
        self.listed = self.listing(self.pen)
        self.schedule = self.channel.schedule_ids.filtered(
            lambda one: one.job_type == "inventory_sync"
        )

    def operations(self):
        return self.env["orion.operation"].search([("operation", "=", "push_stock")])

    def pending(self):
        """One quantity that waits, whatever is done."""
        self.adapter.script = [RateLimited("slow down", retry_after=900)]
        self.tell()
        self.assertEqual(self.operations().status, "pending")
        self.adapter.calls.clear()

    def test_back_from_by_hand_or_from_the_archive(self):
        self.tell()
        away_and_back = (
            ({"sync_strategy": "manual"}, {"sync_strategy": "realtime"}),
            ({"active": False}, {"active": True}),
            ({"stock_sync_enabled": False}, {"stock_sync_enabled": True}),
        )
        for away, back in away_and_back:
            with self.subTest(away=away):
                self.channel.write(away)
                self.put(self.pen, -1)
                self.commit()
                self.assertFalse(self.env["orion.stock.change"].search([]))
                self.channel.write(back)
                self.assertGreaterEqual(
                    self.channel.stock_enabled_at, fields.Datetime.now().replace(microsecond=0)
                )
                self.tell()
                left = self.env["orion.stock.availability"]._available(self.channel, self.pen)
                self.assertEqual(self.adapter.levels, {"PEN": left[self.pen.id]})

    def test_changes_that_nobody_will_look_at_are_forgotten(self):
        self.commit()
        self.assertTrue(self.env["orion.stock.change"].search([]))
        self.channel.sync_strategy = "manual"
        self.assertFalse(self.env["orion.stock.change"].search([]))
        self.env["orion.stock.change"].create({"channel_id": 2**31 - 1, "product_id": self.pen.id})
        self.env["orion.stock.change"]._gc_unfollowed()
        self.env.invalidate_all()
        self.assertFalse(self.env["orion.stock.change"].search([]))

    def test_another_way_gets_everything_anew_and_the_former_one_nothing(self):
        self.pending()
        with patch.object(PlayedStock, "is_fetched", True):
            self.channel._forget_told_stock()
            self.tell()
            self.assertEqual(self.operations().status, "cancelled")
            self.assertEqual(self.adapter.calls, [])
            self.assertEqual(self.listed.stock_status, "pending")
        self.channel._forget_told_stock()
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})

    def test_an_answer_of_the_former_way_says_nothing_of_the_new_one(self):
        self.pending()
        operation = self.operations()
        operation.status = "processing"
        self.channel._forget_told_stock()
        operation.write({"status": "completed", "completed_at": fields.Datetime.now()})
        self.env["orion.listing"]._orion_operations_done(operation)
        self.assertEqual(self.listed.stock_status, "none")

    def test_nothing_is_sent_once_it_is_switched_off(self):
        self.pending()
        self.channel.stock_sync_enabled = False
        self.assertEqual(self.operations().status, "cancelled")
        # nor what somebody retries
        self.operations().retry()
        self.tell()
        self.assertEqual(self.adapter.calls, [])
        self.assertEqual(self.operations().status, "cancelled")
        self.channel.stock_sync_enabled = True
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})

    def test_a_worker_that_holds_a_push_sends_it_no_more(self):
        self.pending()
        operations = self.operations()
        operations.write({"status": "processing", "lease_token": "of a worker"})
        # what is locked is passed by, and looked at right before it is sent
        with patch.object(PlayedStock, "is_fetched", True):
            self.assertEqual(operations._refresh_payloads(), {})
        self.assertEqual(operations.status, "cancelled")
        self.assertFalse(operations.lease_token)

    def test_places_that_move_are_told(self):
        shelf = self.env["stock.location"].create({"name": "A", "location_id": self.stock.id})
        self.put(self.pen, 5, shelf)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 15})
        shelf.location_id = self.env["stock.location"].create(
            {"name": "Lost", "usage": "inventory", "company_id": self.company.id}
        )
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})

    def test_the_share_of_the_channel(self):
        self.channel.stock_percent = 50
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 5})
        self.put(self.pen, 1)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 5})
