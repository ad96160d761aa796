from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.orion_base.lib.errors import Rejected

from .stock_common import StockCase


class TestScreens(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "stock_user", "orion_base.group_orion_user")
        cls.clerk = new_test_user(cls.env, "stock_clerk", "base.group_user")

    def card(self, channel):
        dashboard = self.env["orion.dashboard"].with_user(self.user)
        return dashboard._dashboard_data(channel.with_user(self.user))[channel.id]

    def figures(self, channel):
        return {figure["name"]: figure["value"] for figure in self.card(channel)["figures"]}

    def problems(self):
        return [problem["title"] for problem in self.card(self.channel)["problems"]]

    def test_the_card_of_a_channel(self):
        self.listing(self.new_product("PEN", 3))
        self.listing(self.new_product("GONE"))
        self.listing(self.new_product("BAD", 5))
        self.adapter.script = [{"BAD": Rejected("unknown")}]
        self.tell()
        self.assertTrue(self.channel.stock_read_at)
        self.channel.stock_drift_count = 2
        figures = self.figures(self.channel)
        names = ("pending", "lag", "refused", "error", "zero", "drift")
        self.assertEqual([figures[f"stock_{name}"] for name in names], [0, 0, 33.3, 1, 1, 2])

    def test_the_storefront_shows_odoos_own_stock(self):
        storefront = self.env["orion.channel"].create(
            {"name": "Own shop", "marketplace": "storefront"}
        )
        before = self.figures(storefront)["stock_own"]
        self.new_product("PEN", 3)
        self.assertEqual(self.figures(storefront)["stock_own"], before + 1)
        self.assertNotIn("stock_pending", self.figures(storefront))

    def test_stock_that_is_late(self):
        self.listing(self.new_product("PEN", 3))
        self.tell()
        self.assertNotIn("Stock is late", self.problems())
        self.put(self.env["product.product"].search([("default_code", "=", "PEN")]), 1)
        self.commit()
        change = self.env["orion.stock.change"].search([])
        change.changed_at = fields.Datetime.now() - timedelta(hours=3)
        metrics = self.env["orion.health"]._metrics(self.company)
        self.assertFalse(metrics["inventory_pending_seconds"]["ok"])
        self.assertIn("Stock is late", self.problems())
        self.assertEqual(self.figures(self.channel)["stock_lag"], 180)
        self.channel.stock_sync_interval_minutes = 200
        self.assertTrue(
            self.env["orion.health"]._metrics(self.company)["inventory_pending_seconds"]["ok"]
        )

    def test_drift_and_errors_are_metrics_with_advice(self):
        self.channel.stock_drift_count = 1
        health = self.env["orion.health"]
        metrics, texts = health._metrics(self.company), health._metric_texts()
        self.assertFalse(metrics["inventory_drift_count"]["ok"])
        for name in ("inventory_pending_seconds", "inventory_error_rate", "inventory_drift_count"):
            self.assertIn(name, metrics)
            self.assertTrue(all(texts[name]))

    def test_buttons(self):
        pen = self.new_product("PEN", 3)
        listing = self.listing(pen)
        self.commit()
        with self.enter_registry_test_mode():
            for button in (
                self.channel.with_user(self.user).action_push_inventory,
                listing.with_user(self.user).action_push_inventory,
                pen.with_user(self.user).action_orion_push_inventory,
                pen.product_tmpl_id.with_user(self.user).action_orion_push_inventory,
            ):
                self.assertEqual(button()["params"]["type"], "success")
        self.assertEqual(pen.orion_listing_count, 1)
        self.assertEqual(pen.product_tmpl_id.orion_listing_count, 1)
        self.assertEqual(pen.action_orion_inventory()["res_model"], "orion.listing")
        operations = listing.action_open_stock_operations()
        self.assertEqual(self.env["orion.operation"].search_count(operations["domain"]), 1)

    def test_who_may_not(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.clerk).push_inventory()
        with self.assertRaises(AccessError):
            self.env["orion.stock.change"].with_user(self.user).search([])
        with self.assertRaises(AccessError):
            self.channel.with_user(self.user).safety_stock = 4
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.new_channel(company_id=other.id, responsible_id=False)
        with self.assertRaises(AccessError):
            theirs.with_user(self.user).push_inventory()

    def test_settings(self):
        with self.assertRaises(ValidationError):
            self.channel.stock_sync_interval_minutes = 0
        with self.assertRaises(ValidationError):
            self.env["orion.channel"].create(
                {"name": "Own", "marketplace": "storefront", "stock_sync_enabled": True}
            )
        schedule = self.channel.schedule_ids.filtered(lambda one: one.job_type == "inventory_sync")
        self.assertTrue(schedule.enabled)
        self.channel.stock_sync_interval_minutes = 30
        self.assertEqual(schedule.interval_minutes, 30)
        self.channel.active = False
        self.assertNotIn(self.channel.id, self.channel._stock_channels())
        self.channel.active = True
        self.channel.stock_sync_enabled = False
        self.assertFalse(schedule.enabled)

    def test_old_pushes_go_and_the_newest_stays(self):
        pen = self.new_product("PEN", 3)
        self.listing(pen)
        self.tell()
        self.put(pen, 1)
        self.tell()
        operations = self.env["orion.operation"].search([("operation", "=", "push_stock")])
        self.assertEqual(len(operations), 2)
        self.env.cr.execute(
            "UPDATE orion_operation SET create_date = create_date - interval '200 days'"
        )
        self.env["orion.operation"]._gc_told_stock()
        self.env.invalidate_all()
        self.assertEqual(operations.exists().ids, [max(operations.ids)])
