from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import UnknownOutcome
from odoo.addons.orion_codeswholesale.lib import batches
from odoo.addons.orion_codeswholesale.lib.answers import moment_text

from sandbox.codeswholesale.seed.product_maker import IMAGE, ORDINARY, PREORDER

from ..models.orion_channel_catalogue import OVERLAP
from .common import PRODUCTS, CodesWholesaleCase


@tagged("post_install", "-at_install")
class TestCatalogue(CodesWholesaleCase):
    def count(self, *domain):
        return self.env["orion.marketplace.product"].search_count(
            [("channel_id", "=", self.channel.id), *domain]
        )

    def job(self):
        return self.env["orion.import.job"].search([("channel_id", "=", self.channel.id)], limit=1)

    def test_everything_then_only_what_changed(self):
        self.sync()
        self.assertEqual(self.count(), PRODUCTS)
        row = self.staged(ORDINARY)
        self.assertEqual((row.platform, row.quantity, row.currency), ("Steam", 500, "EUR"))
        self.assertTrue(row.is_digital)
        self.assertEqual(self.staged(PREORDER).availability, "preorder")
        self.assertTrue(self.job().is_full)
        self.control.change(ORDINARY, quantity=3, percent=10)
        self.sync()
        job = self.job()
        self.assertFalse(job.is_full)
        # what changed at the last minute comes once more, and is not written
        self.assertEqual((job.imported_count, job.updated_count), (0, 1))
        self.assertEqual((job.status, row.quantity), ("completed", 3))

    def test_an_import_that_no_run_goes_on_with_is_ended(self):
        """It would keep the channel from publishing by itself for ever."""
        stranded = self.env["orion.import.job"].create(
            {
                "channel_id": self.channel.id,
                "language": "en",
                "is_scheduled": True,
                "status": "processing",
            }
        )
        self.sync()
        self.assertEqual(stranded.status, "cancelled")
        self.assertEqual((self.job() - stranded).status, "completed")

    def test_changes_are_asked_for_since_the_start_of_the_last_run(self):
        self.sync()
        until = self.channel.codeswholesale_synced_until
        self.sync()
        asked = [request["variables"] for request in self.control.requests("products")]
        since = moment_text((until - OVERLAP).replace(tzinfo=timezone.utc))
        self.assertEqual(asked, [{}, {"updatedSince": since}])
        self.assertGreaterEqual(self.channel.codeswholesale_synced_until, until)
        self.channel.codeswholesale_full_at -= timedelta(days=8)
        self.sync()
        self.assertTrue(self.job().is_full)
        self.assertEqual(self.control.requests("products", last=1)[0]["variables"], {})

    def test_what_is_dead_is_hidden_and_comes_back(self):
        self.sync()
        self.control.change(IMAGE, listed=False)
        self.sync()
        self.assertTrue(self.staged(IMAGE).missing_since)
        self.control.change(IMAGE, listed=True)
        self.sync()
        self.assertFalse(self.staged(IMAGE).missing_since)
        # leaving in silence shows in a run over everything only
        self.control.configure(tells_withdrawn=False)
        self.control.change(IMAGE, listed=False)
        self.sync()
        self.assertFalse(self.staged(IMAGE).missing_since)
        self.sync(full=True)
        self.assertTrue(self.staged(IMAGE).missing_since)

    def test_an_interrupted_run_goes_on_where_it_was(self):
        self.control.configure(page_size=10)
        with patch.object(batches, "MOST_PRODUCTS", 1):
            job = self.channel.sudo()._job_catalog_sync({}, {})
            for _step in range(3):
                next(job)
                self.env.flush_all()
            job.close()
            self.assertEqual(self.count(), 20)
            self.assertTrue(self.job().sudo().codeswholesale_cursor["token"])
            self.control.arm("unauthorised", operation="products")
            self.sync()
        self.assertEqual(self.count(), PRODUCTS)
        self.assertEqual(self.env["orion.import.job"].search_count(
            [("channel_id", "=", self.channel.id)]), 1)  # fmt: skip
        # 2 pages, one refused for its token and asked again, and the last page
        self.assertEqual(self.control.effects()["requests"]["products"], 4)
        self.assertFalse(self.job().sudo().codeswholesale_cursor)

    def test_a_run_that_ends_behind_the_last_page_reads_nothing_again(self):
        job = self.channel.sudo()._job_catalog_sync({}, {})
        step = next(job)
        while not step or not step.processed:
            step = next(job)
        job.close()  # its slice is over, all is staged, nothing is concluded
        self.assertEqual((self.count(), self.job().status), (PRODUCTS, "processing"))
        self.sync()
        self.assertEqual(self.control.effects()["requests"]["products"], 1)
        self.assertEqual((self.job().status, self.job().total_processed), ("completed", PRODUCTS))
        self.assertFalse(self.job().sudo().codeswholesale_cursor)
        self.assertTrue(self.channel.codeswholesale_full_at)

    def test_a_fault_on_the_way_ends_the_run_and_the_next_goes_on(self):
        self.control.configure(page_size=10)
        self.control.arm("low_limit", operation="products", skip=1, seconds=120)
        with patch.object(batches, "MOST_PRODUCTS", 1):
            steps = self.sync()
            self.assertEqual((steps[-1].failed, self.count()), (1, 10))
            self.assertEqual(self.job().sudo().codeswholesale_cursor["wait_seconds"], 120)
            self.sync()
        self.assertEqual(self.count(), PRODUCTS)
        self.control.arm("html", operation="products")
        with self.assertRaises(UnknownOutcome):
            self.sync()

    def test_the_next_run_is_as_soon_as_the_supplier_allows(self):
        self.control.configure(page_size=10)
        self.control.arm("low_limit", operation="products", skip=1, seconds=120)
        schedule = self.channel._job_schedule("catalog_sync")
        self.channel._request_job("catalog_sync")
        with patch.object(batches, "MOST_PRODUCTS", 1):
            self.work()
        wait = schedule.next_run_at - datetime.now(timezone.utc).replace(tzinfo=None)
        self.assertLess(wait, timedelta(minutes=3))
        self.assertEqual(schedule.log_ids.status, "partial")

    def test_a_lost_token_begins_anew(self):
        self.control.configure(page_size=10)
        self.control.arm("token_gone", operation="products", skip=1)
        self.sync()
        self.assertEqual((self.count(), self.job().status), (PRODUCTS, "completed"))
        self.control.arm("token_gone", operation="products", times=None)
        with self.assertRaises(UnknownOutcome):
            self.sync(full=True)

    def test_damaged_items_are_told_and_the_others_are_in(self):
        self.control.arm("damaged_items", operation="products", count=3)
        self.control.arm("extra_fields", operation="products")
        steps = self.sync()
        self.assertEqual(sum(step.failed for step in steps), 3)
        self.assertEqual((self.count(), self.job().error_count), (PRODUCTS - 3, 3))

    def test_what_came_damaged_is_not_hidden(self):
        self.sync()
        self.control.arm("damaged_items", operation="products", count=2)
        self.sync(full=True)
        job = self.job()
        self.assertTrue(job.is_full)
        # of the two, one has lost its id: that one may be any
        self.assertEqual((job.error_count, self.count(("missing_since", "!=", False))), (2, 1))

    def test_a_cancelled_import_stops(self):
        self.control.configure(page_size=10)
        with patch.object(batches, "MOST_PRODUCTS", 1):
            job = self.channel.sudo()._job_catalog_sync({}, {})
            next(job), next(job)
            self.job().action_cancel()
            self.assertEqual(list(job), [])
        self.assertEqual(self.count(), 10)
        self.sync()
        self.assertEqual((self.count(), self.job().status), (PRODUCTS, "completed"))

    def test_another_company_sees_nothing_of_it(self):
        self.sync()
        other = self.env["res.company"].create({"name": "Others"})
        user = self.env["res.users"].create(
            {
                "name": "Theirs",
                "login": "theirs@example.com",
                "company_id": other.id,
                "company_ids": [(6, 0, other.ids)],
                "group_ids": [(4, self.env.ref("orion_base.group_orion_manager").id)],
            }
        )
        rows = self.env["orion.marketplace.product"].with_user(user)
        self.assertFalse(rows.with_context(allowed_company_ids=other.ids).search([]))
        with self.assertRaises(UserError):
            self.staged(ORDINARY).with_user(user).codeswholesale_fetch_texts()
        with self.assertRaises(UserError):
            self.channel.with_user(user).action_codeswholesale_sync()
