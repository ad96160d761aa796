from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.orion_base.lib.errors import ServiceUnavailable

from ..models import orion_channel_jobs
from .stock_common import PlayedStock, StockCase


class TestComparison(StockCase):
    """The daily look at everything, and what goes on beside it."""

    def setUp(self):
        super().setUp()
        self.products = [self.new_product(f"P{number}", 10 + number) for number in range(6)]
        for product in self.products:
            self.listing(product)
        self.tell()

    def log(self):
        return self.env["orion.sync.log"].search(
            [("operation_type", "=", "inventory_sync")], order="id desc", limit=1
        )

    def compare(self, slices=1, **state):
        """The job's steps, by so many slices of it."""
        for _slice in range(slices):
            for step in self.channel._job_inventory_sync(state, {"full": True}):
                if step.state is not None:
                    state = dict(step.state)
                    if slices > 1:
                        break
        self.commit()
        return state

    def test_drift_is_counted_over_all_slices(self):
        for sku in ("P0", "P1", "P4"):
            self.adapter.levels[sku] = 99
        with patch.object(orion_channel_jobs, "STEP", 2):
            state = self.compare(slices=3)
            self.assertEqual(state["drift"], 3)
            self.compare(**state)
        self.assertEqual(self.channel.stock_drift_count, 3)

    def test_what_could_not_be_read_says_nothing_of_drift(self):
        self.channel.stock_drift_count = 4
        read_at = self.channel.stock_read_at
        self.assertTrue(read_at)
        earlier = fields.Datetime.now() - timedelta(hours=2)
        self.channel.write({"stock_read_at": earlier, "stock_compared_at": earlier})
        with patch.object(PlayedStock, "read_levels", side_effect=ServiceUnavailable("closed")):
            self.compare()
        self.assertEqual(self.channel.stock_drift_count, 4)
        self.assertEqual(self.channel.stock_read_at, earlier)
        self.assertGreater(self.channel.stock_compared_at, earlier)
        self.assertFalse(self.channel._comparison_is_due(), "not at once")
        self.channel.stock_compared_at -= timedelta(hours=1, minutes=1)
        self.channel.stock_enabled_at = False
        self.assertTrue(self.channel._comparison_is_due(), "but sooner than in a day")
        self.compare()
        self.assertEqual(self.channel.stock_drift_count, 0)

    def test_a_failed_slice_is_remembered_to_the_end(self):
        self.channel.stock_drift_count = 4
        with patch.object(orion_channel_jobs, "STEP", 2):
            with patch.object(PlayedStock, "read_levels", side_effect=ServiceUnavailable("closed")):
                state = self.compare(slices=2)
            self.compare(**state)
        self.assertEqual(self.channel.stock_drift_count, 4)

    def test_a_marketplace_that_cannot_be_asked_has_no_drift(self):
        other = self.new_channel(name="Mute")
        self.listing(self.products[0], other)
        with patch.object(PlayedStock, "can_read", False):
            for _step in other._job_inventory_sync({}, {"full": True}):
                pass
        self.assertTrue(other.stock_compared_at)
        self.assertFalse(other.stock_read_at)
        figures = self.env["orion.dashboard"]._dashboard_data(other)[other.id]["figures"]
        self.assertNotIn("stock_drift", [figure["name"] for figure in figures])

    def test_changes_are_told_in_the_midst_of_a_comparison(self):
        with patch.object(orion_channel_jobs, "STEP", 2):
            state = self.compare(slices=1) and self.compare(slices=2)
            # of the last listing, which the comparison has not reached
            self.put(self.products[5], -15)
            self.commit()
            looks = self.channel._job_inventory_sync(state, {"full": True})
            first = next(looks)
            self.assertEqual(first.counts["changes"], 1)
            self.assertEqual(first.counts["queued"], 1)
            looks.close()

    def test_single_products_postpone_no_regular_look(self):
        self.channel.sync_strategy = "scheduled"
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "inventory_sync")
        due = fields.Datetime.now() + timedelta(minutes=3)
        schedule.write({"next_run_at": due, "last_run_at": due - timedelta(minutes=15)})
        with self.enter_registry_test_mode():
            self.channel.push_inventory(product_ids=self.products[0].ids)
        self.env.invalidate_all()
        self.assertTrue(self.log().is_selective)
        self.assertEqual(self.log().sync_type, "single_product")
        self.assertEqual(schedule.next_run_at, due)

    def test_logs_say_what_they_were_about(self):
        self.put(self.products[0], 1)
        self.tell()
        self.assertEqual(self.log().sync_type, "incremental")
        self.assertFalse(self.log().is_selective)
