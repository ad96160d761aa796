from decimal import Decimal

from freezegun import freeze_time

from odoo.tests import tagged

from .publish_common import PublishCase


class RunMixin:
    def run_publishing(self, **parameters):
        steps = list(
            self.channel._job_publish({}, parameters or {"rule": self.channel.publish_rule})
        )
        self.env.flush_all()
        return steps


@tagged("post_install", "-at_install")
class TestTakeBack(PublishCase):
    def test_taken_back_and_published_again(self):
        product = self.published(1)
        listing = self.row(1).listing_ids
        listing.name = "Ours"
        self.assertEqual(self.row(1).unpublish(), {"unpublished": 1, "products_archived": 1})
        self.assertFalse(product.active or product.product_tmpl_id.active or listing.active)
        self.assertEqual((self.row(1).publish_status, self.row(1).is_held_back), ("new", True))
        self.assertFalse(self.channel._rows_to_publish({"rule": "all"}, None))
        self.assertEqual(self.row(1).publish()["published"], 1)
        self.assertTrue(product.active and product.product_tmpl_id.active and listing.active)
        self.assertEqual((listing.name, self.row(1).is_held_back), ("Ours", False))
        self.assertEqual(self.row(1).product_id, product)

    def test_what_is_used_or_was_there_before_stays(self):
        ours = self.env["product.product"].create({"name": "Ours", "default_code": "P1"})
        self.published(1)
        used = self.published(2, quantity=4)
        location = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        self.env["stock.move"].create(
            {
                "product_id": used.id,
                "product_uom_qty": 1,
                "location_id": location.id,
                "location_dest_id": location.id,
                "company_id": self.company.id,
            }
        )
        rows = self.row(1) | self.row(2)
        self.assertEqual(rows.unpublish(), {"unpublished": 2, "products_archived": 0})
        self.assertTrue(ours.active and used.active)
        self.assertFalse(rows.listing_ids.filtered("active"))


@tagged("post_install", "-at_install")
class TestListingRules(RunMixin, PublishCase):
    def test_a_margin_on_the_products_price(self):
        product = self.published(1, price="11.70")
        listing = self.row(1).listing_ids
        listing.write(
            {
                "price_rule": "margin",
                "price_margin": 10,
                "price_surcharge": 1,
                "price_rounding": 0.05,
            }
        )
        self.assertEqual(listing.effective_price, 13.85)
        self.publish(self.data(1, price="23.40"))
        self.assertEqual(listing.effective_price, 26.75, "the margin follows the feed")
        product.list_price = 100
        self.assertEqual(listing.effective_price, 129.70, "and the store's own price")
        self.assertIn("Price", listing.own_values)

    def test_missing_rows_archive_their_listings_when_the_channel_says_so(self):
        self.publish(self.data(1), self.data(2), is_full=True)
        self.channel.publish_missing = "archive"
        self.stage(self.data(1), is_full=True)
        self.channel._after_feed_import()
        self.run_publishing()
        gone = self.row(2).with_context(active_test=False).listing_ids
        self.assertFalse(gone.active)
        self.assertTrue(self.row(1).listing_ids.active)
        self.stage(self.data(1), self.data(2), is_full=True)
        self.run_publishing()
        self.assertTrue(gone.active)
        gone.active = False
        self.run_publishing()
        self.assertFalse(gone.active, "the store has archived it")

    def test_listings_come_back_when_missing_ones_stay_as_they_are(self):
        self.publish(self.data(1), self.data(2), is_full=True)
        self.channel.publish_missing = "archive"
        self.stage(self.data(1), is_full=True)
        self.run_publishing()
        gone = self.row(2).with_context(active_test=False).listing_ids
        self.assertFalse(gone.active)
        self.channel.publish_missing = "keep"
        runs = self.env["orion.sync.log"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(runs.mapped("parameters"), [{"rule": "manual"}])
        self.run_publishing(**runs.parameters)
        self.assertTrue(gone.active)


@tagged("post_install", "-at_install")
class TestPublishByRule(RunMixin, PublishCase):
    def test_the_rule_decides_after_an_import(self):
        logs = self.env["orion.sync.log"]
        domain = [("channel_id", "=", self.channel.id), ("operation_type", "=", "publish")]
        self.channel._after_feed_import()
        self.assertFalse(logs.search(domain), "off by default")
        self.channel.publish_rule = "all"
        self.channel._after_feed_import()
        log = logs.search(domain)
        self.assertEqual((log.direction, log.parameters), ("internal", {"rule": "all"}))

    def test_new_products_changes_and_a_filter(self):
        self.stage(self.data(1, brand="Lux"), self.data(2))
        self.channel.publish_rule = "changes"
        self.run_publishing()
        self.assertFalse(self.row(1).product_id)
        self.channel.write({"publish_rule": "all", "publish_domain": "[('brand', '=', 'Lux')]"})
        steps = self.run_publishing()
        self.assertEqual(steps[0].total, 1)
        self.assertTrue(self.row(1).product_id)
        self.assertFalse(self.row(2).product_id)
        self.stage(self.data(1, brand="Lux", title="Autre"))
        self.channel.publish_rule = "changes"
        steps = self.run_publishing()
        self.assertEqual(steps[1].counts["products_updated"], 1)

    def test_a_sale_price_comes_and_goes_with_its_period(self):
        self.channel.publish_rule = "changes"
        period = {"sale_price_effective_date": "2026-12-01/2026-12-24"}
        for day, told in (
            ("2026-11-30", 0),
            ("2026-12-01", 8),
            ("2026-12-24", 8),
            ("2026-12-25", 0),
        ):
            with freeze_time(f"{day} 12:00:00"):
                if not self.row(1):
                    self.published(1, sale_price=Decimal(8), attributes=period)
                self.run_publishing()
                self.assertEqual(self.row(1).listing_ids.sale_price, told, day)
                self.assertFalse(self.channel._rows_to_publish({"rule": "changes"}, None))

    def follow_sale_periods(self):
        """What the cron asks for, done; answers the runs."""
        logs = self.env["orion.sync.log"]
        before = logs.search([])
        self.channel._cron_follow_sale_periods()
        self.channel._cron_follow_sale_periods()
        asked = logs.search([]) - before
        for log in asked:
            self.run_publishing(**log.parameters)
            log.status = "success"
        return asked

    def test_a_sale_begins_and_ends_without_an_import(self):
        self.channel.publish_rule = "changes"
        period = {"sale_price_effective_date": "2026-12-01/2026-12-24"}
        with freeze_time("2026-11-30 12:00:00"):
            self.publish(self.data(1, sale_price=Decimal(8), attributes=period), self.data(2))
            self.stage(self.data(2, title="Autre"), self.data(3))
            self.assertFalse(self.follow_sale_periods(), "nothing has begun yet")
        for day, told in (("2026-12-01", 8), ("2026-12-25", 0)):
            with freeze_time(f"{day} 00:00:00"):
                asked = self.follow_sale_periods()
                self.assertEqual(len(asked), 1, "one run, although the cron ran twice")
                self.assertEqual(self.row(1).listing_ids.sale_price, told, day)
                self.assertEqual(self.row(1).publish_status, "published")
                self.assertFalse(self.follow_sale_periods())
        self.assertFalse(self.row(1).sale_turns_at)
        self.assertEqual(self.row(2).publish_status, "changed", "no sale of it has turned")
        self.assertEqual(self.row(3).publish_status, "new")

    def test_a_sale_is_followed_only_where_the_rule_would_publish(self):
        period = {"sale_price_effective_date": "2026-12-01/2026-12-24"}
        on_offer = {"sale_price": Decimal(8), "attributes": period}
        with freeze_time("2026-11-30"):
            self.publish(
                self.data(1, **on_offer), self.data(2, brand="Lux", **on_offer),
                self.data(3, brand="Lux", **on_offer),
            )  # fmt: skip
            self.row(3).unpublish()
        with freeze_time("2026-12-02"):
            self.assertFalse(self.follow_sale_periods(), "by hand only")
            self.assertEqual(self.row(1).publish_status, "changed", "but it is shown")
            self.assertFalse(self.row(1).listing_ids.sale_price)
            self.row(1).publish()
            self.row(2).publish()
            self.assertEqual(self.row(2).listing_ids.sale_price, 8)
        self.channel.write({"publish_rule": "all", "publish_domain": "[('brand', '=', 'Lux')]"})
        with freeze_time("2026-12-26"):
            self.assertEqual(len(self.follow_sale_periods()), 1)
            self.assertEqual(self.row(2).listing_ids.sale_price, 0)
            self.assertEqual(self.row(1).listing_ids.sale_price, 8, "the filter leaves it out")
            self.assertEqual(self.row(1).publish_status, "changed")
            self.assertEqual(self.row(3).publish_status, "new", "it was taken back")
            self.assertFalse(self.follow_sale_periods(), "it is not looked at again and again")

    def test_looking_for_sales_takes_as_many_queries_whatever_there_is(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.channel._cron_follow_sale_periods()
            return self.env.cr.sql_log_count - before

        period = {"sale_price_effective_date": "2026-12-01/2026-12-24"}
        with freeze_time("2026-11-30"):
            self.publish(
                *(self.data(n, sale_price=Decimal(8), attributes=period) for n in range(60))
            )
        rows = self.staged.search([("channel_id", "=", self.channel.id)], order="id")
        with freeze_time("2026-12-02"):
            rows[10:].sale_turns_at = False
            few = count()
            rows.sale_turns_at = "2026-12-01 00:00:00"
            self.assertLessEqual(count(), few)

    def test_an_interrupted_run_goes_on_behind_its_last_batch(self):
        self.stage(*(self.data(n) for n in range(1, 5)), self.data(5, tax_rate=Decimal(8)))
        todo = self.channel._rows_to_publish({"rule": "all"}, None)
        self.assertEqual(len(todo), 5)
        steps = list(self.channel._job_publish({"after": todo[1]}, {"rule": "all"}))
        self.assertEqual((steps[0].processed, steps[0].failed), (3, 1))
        self.assertIn("8 %", steps[0].errors[0]["message"])
        self.assertEqual(steps[0].state, {"after": todo[-1]})
        self.assertFalse(self.row(1).product_id)
