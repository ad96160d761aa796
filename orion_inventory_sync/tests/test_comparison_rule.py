from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from ..models import orion_channel_jobs
from .stock_common import StockCase


class TestRuleDuringComparison(StockCase):
    """What decides about quantities counts for all listings, whenever it is changed."""

    def setUp(self):
        super().setUp()
        self.listings = self.env["orion.listing"].union(
            *(self.listing(self.new_product(f"P{number}", 10 + number)) for number in range(6))
        )
        self.tell()
        self.startPatcher(patch.object(orion_channel_jobs, "STEP", 2))

    def compare(self, state=None):
        return self.channel._job_inventory_sync(state or {}, {"full": True})

    def compared(self, steps):
        return sum(step.counts.get("compared", 0) for step in steps)

    def until_listing(self, steps, number):
        """Take steps until that many listings are compared; the state to go on with."""
        last = self.listings[number - 1].id
        return next(dict(step.state) for step in steps if (step.state or {}).get("after") == last)

    def assert_held_back(self, pieces):
        told = self.listings.mapped("stock_queued_quantity")
        self.assertEqual(told, [10 + number - pieces for number in range(6)])

    def test_changed_within_a_comparison(self):
        steps = self.compare()
        self.until_listing(steps, 2)
        self.channel.safety_stock = 4
        self.assertEqual(self.compared(steps), 2, "all of it once more")
        self.assert_held_back(4)
        self.assertTrue(self.channel.stock_compared_at)
        self.assertFalse(self.channel.stock_comparing_at)

    def test_changed_while_a_comparison_is_interrupted(self):
        steps = self.compare()
        state = self.until_listing(steps, 4)
        steps.close()
        self.channel.safety_stock = 3
        self.assertEqual(self.compared(self.compare(state)), 2)
        self.assert_held_back(3)

    def test_interrupted_between_the_two(self):
        steps = self.compare()
        self.until_listing(steps, 4)
        self.channel.safety_stock = 2
        ended = next(step for step in steps if step.counts.get("compared"))
        steps.close()
        self.assertFalse(self.channel.stock_compared_at)
        self.assertEqual(self.compared(self.compare(dict(ended.state))), 1)
        self.assert_held_back(2)

    def test_who_asked_for_all_gets_it_once(self):
        steps = list(self.compare())
        self.assertEqual(self.compared(steps), 1)
        # time was up behind the last step
        self.assertEqual(self.compared(self.compare(dict(steps[-1].state))), 0)

    def test_a_place_that_moves_within_a_comparison(self):
        shelf = self.env["stock.location"].create({"name": "A", "location_id": self.stock.id})
        self.put(self.listings[0].product_id, 5, shelf)
        self.tell()
        steps = self.compare()
        self.until_listing(steps, 2)
        shelf.location_id = self.env["stock.location"].create(
            {"name": "Lost", "usage": "inventory", "company_id": self.company.id}
        )
        self.assertEqual(self.compared(steps), 2)
        self.assertEqual(self.listings[0].stock_queued_quantity, 10)

    def test_a_long_one_is_as_old_as_its_beginning(self):
        """What was being changed as stock was switched on may have noted nothing: who looked at
        it then looks once more, however long the looking took."""
        began = fields.Datetime.now() + timedelta(hours=1)
        with freeze_time(began) as clock:
            self.channel.stock_enabled_at = began - timedelta(seconds=1)
            steps = self.compare()
            self.until_listing(steps, 2)
            clock.tick(timedelta(minutes=20))
            self.assertEqual(self.compared(steps), 1)
            self.assertEqual(self.channel.stock_compared_at, began)
            self.assertTrue(self.channel._comparison_is_due())
            self.assertEqual(self.compared(self.compare()), 1)
            self.assertFalse(self.channel._comparison_is_due())
