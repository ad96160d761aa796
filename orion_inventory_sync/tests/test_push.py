from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import RateLimited, Rejected, UnknownOutcome

from .stock_common import PlayedStock, StockCase


class TestPush(StockCase):
    def setUp(self):
        super().setUp()
        self.pen = self.new_product("PEN", 10)
        self.listed = self.listing(self.pen)

    def operations(self):
        return self.env["orion.operation"].search([("operation", "=", "push_stock")])

    def test_a_listing_is_told_its_stock(self):
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})
        self.assertEqual(self.listed.last_pushed_quantity, 10)
        self.assertTrue(self.listed.last_pushed_quantity_at)
        self.assertEqual(self.listed.stock_status, "told")
        self.assertEqual(self.listed.stock_available, 10)

    def test_what_has_no_listing_is_not_told(self):
        self.new_product("OTHER", 10)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})

    def test_only_what_differs_is_sent_again(self):
        ink = self.new_product("INK", 4)
        self.listing(ink)
        self.tell()
        self.adapter.calls.clear()
        self.put(ink, -1)
        self.tell()
        self.assertEqual(self.adapter.calls, [[("INK", 3)]])
        self.put(ink, 1)
        self.put(ink, -1)
        self.tell()
        self.assertEqual(self.adapter.calls, [[("INK", 3)]])

    def test_low_stock_goes_first_in_batches_of_the_adapter(self):
        for number in range(7):
            self.listing(self.new_product(f"P{number}", 20 - number))
        self.tell()
        sent = [quantity for call in self.adapter.calls for _sku, quantity in call]
        self.assertEqual(sent, sorted(sent))
        self.assertEqual([len(call) for call in self.adapter.calls], [3, 3, 2])

    def test_a_later_quantity_replaces_the_one_that_waits(self):
        self.adapter.script = [RateLimited("slow down", retry_after=900)]
        self.tell()
        self.assertEqual(self.operations().status, "pending")
        version = self.listed.stock_version
        self.put(self.pen, -4)
        self.env["orion.schedule"].search([]).last_run_at = False
        self.commit()
        with self.enter_registry_test_mode():
            for step in self.channel._job_inventory_sync({}, {}):
                self.assertTrue(step)
        self.env.invalidate_all()
        self.assertEqual(len(self.operations()), 1)
        self.assertEqual(self.operations().payload["quantity"], 6)
        self.assertGreater(self.operations().payload["version"], version)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 6})
        self.assertEqual(self.listed.last_pushed_quantity, 6)

    def test_an_unclear_push_is_sent_again_with_todays_quantity(self):
        self.adapter.script = [UnknownOutcome("no answer")]
        self.tell()
        self.assertEqual(self.operations().status, "unknown")
        self.assertEqual(self.listed.stock_status, "pending")
        self.put(self.pen, -1)
        self.tell()
        self.assertEqual(self.adapter.calls, [[("PEN", 10)], [("PEN", 9)]])
        self.assertEqual(self.listed.stock_status, "told")
        self.assertEqual(len(self.operations()), 1)

    def test_what_waited_is_true_when_it_leaves(self):
        self.adapter.script = [RateLimited("slow down", retry_after=900)]
        self.tell()
        self.channel.sync_strategy = "scheduled"
        self.put(self.pen, -4)
        self.tell()
        self.assertEqual(self.adapter.calls[1:], [[("PEN", 6)]])
        self.assertEqual(self.listed.stock_queued_quantity, 6)

    def test_a_refused_item_is_told_again_by_itself_alone_and_later_each_time(self):
        self.listing(self.new_product("INK", 4))
        waits = []
        for _time in range(3):
            self.adapter.script = [{"PEN": Rejected("unknown SKU")}]
            self.tell()
            self.assertEqual(self.listed.stock_status, "error")
            waits.append(self.listed.stock_retry_at - fields.Datetime.now())
            self.adapter.calls.clear()
            self.listed._cron_tell_again()
            self.tell()
            self.assertEqual(self.adapter.calls, [], "not before its time")
            self.listed.stock_retry_at = fields.Datetime.now()
            self.listed._cron_tell_again()
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[2], 2 * waits[0])
        self.tell()
        self.assertEqual(self.adapter.calls, [[("PEN", 10)]])
        self.assertEqual(self.listed.stock_status, "told")
        self.assertFalse(self.listed.stock_retry_at or self.listed.stock_refusals)

    def test_refused_items_of_a_channel_told_by_hand_wait_for_a_hand(self):
        self.adapter.script = [{"PEN": Rejected("unknown SKU")}]
        self.tell()
        self.channel.sync_strategy = "manual"
        self.listed.stock_retry_at = fields.Datetime.now()
        self.listed._cron_tell_again()
        self.commit()
        self.assertFalse(self.env["orion.stock.change"].search([]))

    def test_a_refused_item_stands_on_its_listing_and_is_retried_alone(self):
        self.listing(self.new_product("INK", 4))
        self.adapter.script = [{"PEN": Rejected("unknown SKU")}]
        self.tell()
        self.assertEqual(self.adapter.levels, {"INK": 4})
        self.assertEqual(self.listed.stock_status, "error")
        self.assertEqual(self.listed.stock_error, "unknown SKU")
        self.assertFalse(self.channel.activity_ids)
        self.adapter.calls.clear()
        self.put(self.pen, 1)
        self.tell()
        self.assertEqual(self.adapter.calls, [[("PEN", 11)]])
        self.assertFalse(self.listed.stock_error)

    def test_skus(self):
        self.listed.external_sku = "ON-THE-CHANNEL"
        unknown = self.new_product("GONE", 2)
        unknown.default_code = False
        by_id = self.listing(unknown, external_id="4711")
        nameless = self.new_product("X", 2)
        nameless.default_code = False
        missing = self.listing(nameless)
        self.tell()
        self.assertEqual(self.adapter.levels, {"ON-THE-CHANNEL": 10, "4711": 2})
        self.assertEqual(by_id.stock_status, "told")
        self.assertEqual(missing.stock_status, "error")
        self.assertIn("SKU", missing.stock_error)

    def test_rules_of_listings(self):
        self.channel.write({"safety_stock": 2, "stock_limit": 50})
        own = self.listing(
            self.new_product("OWN", 10), stock_policy="own", safety_stock=1, stock_limit=5
        )
        fixed = self.listing(self.new_product("FIX", 9), stock_policy="fixed", fixed_quantity=7)
        self.listing(self.new_product("NEVER", 10), stock_policy="never")
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 8, "OWN": 5, "FIX": 7})
        own.stock_policy = "never"
        self.listed.active = False
        self.put(fixed.product_id, -8)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0, "OWN": 0, "FIX": 1})

    def test_a_fixed_quantity_beyond_the_stock_is_told_where_somebody_said_so(self):
        product = self.new_product("FIX", 1)
        listing = self.listing(product, stock_policy="fixed", fixed_quantity=7)
        self.tell()
        self.assertEqual(self.adapter.levels["FIX"], 1)
        listing.fixed_beyond_stock = True
        self.tell()
        self.assertEqual(self.adapter.levels["FIX"], 7)
        self.put(product, -3)
        listing.fixed_beyond_stock = False
        self.tell()
        self.assertEqual(self.adapter.levels["FIX"], 0, "what is below zero is told as zero")

    def test_zero_stock_is_left_out_but_a_fall_to_zero_is_told(self):
        self.channel.sync_zero_stock = False
        self.listing(self.new_product("NONE"))
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})
        self.put(self.pen, -10)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})

    def test_a_changed_rule_is_told(self):
        self.tell()
        self.channel.out_of_stock_threshold = 10
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 0})

    def test_units_of_the_channel(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        eggs = self.new_product("EGGS", 30)
        self.listing(eggs, stock_uom_id=dozen.id)
        self.tell()
        self.assertEqual(self.adapter.levels["EGGS"], 2)

    def test_scheduled_and_by_hand(self):
        self.tell()
        self.channel.sync_strategy = "scheduled"
        self.put(self.pen, -1)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10})
        schedule = self.channel.schedule_ids.filtered(lambda s: s.job_type == "inventory_sync")
        schedule.next_run_at = "2000-01-01"
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 9})
        self.channel.sync_strategy = "manual"
        self.assertFalse(schedule.enabled)
        self.put(self.pen, -1)
        self.commit()
        self.assertFalse(self.env["orion.stock.change"].search([]))
        with self.enter_registry_test_mode():
            result = self.channel.push_inventory(product_ids=self.pen.ids)
        self.assertTrue(result["success"])
        self.assertEqual(result["items_queued"], 1)
        self.assertEqual(max(result["operation_ids"]), max(self.operations().ids))
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 8})

    def test_push_inventory_says_what_it_did(self):
        self.new_product("OTHER", 1)
        with self.enter_registry_test_mode():
            first = self.channel.push_inventory()
            again = self.channel.push_inventory()
            other = self.channel.push_inventory(
                product_ids=self.env["product.product"].search([("default_code", "=", "OTHER")]).ids
            )
        self.assertEqual((first["items_queued"], first["items_skipped"]), (1, 0))
        self.assertEqual(again["items_queued"], 0)
        self.assertEqual(again["operation_ids"], first["operation_ids"])
        self.assertEqual(other["operation_ids"], [])
        self.channel.stock_sync_enabled = False
        with self.assertRaisesRegex(UserError, "Send Stock"):
            self.channel.push_inventory()

    def test_drift_is_found_reported_and_told_again(self):
        self.tell()
        self.adapter.levels["PEN"] = 99
        self.channel.stock_compared_at = False
        self.env["orion.schedule"].search([("job_type", "=", "inventory_sync")])._start_soon()
        self.tell()
        self.assertEqual(self.channel.stock_drift_count, 1)
        self.assertEqual(self.listed.stock_drift, 89)
        self.assertEqual(self.listed.stock_seen_quantity, 99)
        self.assertEqual(self.adapter.levels, {"PEN": 10})
        log = self.env["orion.sync.log"].search([("operation_type", "=", "inventory_sync")])[0]
        self.assertEqual(log.sync_type, "full")
        self.assertEqual(log.counts["drift"], 1)
        self.channel._request_job("inventory_sync", {"full": True})
        self.tell()
        self.assertEqual(self.channel.stock_drift_count, 0)
        self.assertEqual(self.listed.stock_drift, 0)

    def test_a_sold_kit_changes_its_parts_and_all_that_is_made_of_them(self):
        kit, part, other_kit = (self.new_product(code, 10) for code in ("KIT", "PART", "TANDEM"))
        self.play_kits({kit: {part: 1.0}, other_kit: {part: 2.0}})
        for product in (kit, part, other_kit):
            self.listing(product)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "KIT": 10, "PART": 10, "TANDEM": 5})
        self.patch(
            self.env.registry["orion.demand"],
            "_undecided",
            lambda _self, _company, product_ids=None: {kit.id: 4.0},
        )
        self.env["orion.demand"]._note_changed(kit.ids)
        self.tell()
        self.assertEqual(self.adapter.levels, {"PEN": 10, "KIT": 6, "PART": 6, "TANDEM": 3})

    def test_one_refused_item_refuses_no_batch(self):
        for code in ("INK", "CAP"):
            self.listing(self.new_product(code, 20))
        refuse = PlayedStock.push_levels

        def poisoned(adapter, levels):
            if any(level.sku == "PEN" for level in levels):
                raise Rejected("one of them is unknown")
            return refuse(adapter, levels)

        with patch.object(PlayedStock, "push_levels", poisoned):
            self.tell()
            self.tell()
        self.assertEqual(self.adapter.levels, {"INK": 20, "CAP": 20})
        self.assertEqual(self.listed.stock_status, "error")

    def test_a_slow_answer_is_not_overtaken_at_once(self):
        self.adapter.script = [UnknownOutcome("no answer")]
        self.tell()
        (operation,) = self.operations()
        self.assertGreater(operation.next_attempt_at, fields.Datetime.now() + timedelta(seconds=20))

    def test_the_storefront_takes_no_stock(self):
        storefront = self.env["orion.channel"].create(
            {"name": "Own shop", "marketplace": "storefront"}
        )
        with self.assertRaisesRegex(UserError, "takes no stock"):
            storefront.push_inventory()

    def test_a_constant_number_of_queries(self):
        counts = []
        for number in (10, 50):
            channel = self.new_channel(name=f"Shop {number}")
            listings = self.env["orion.listing"].union(
                *(
                    self.listing(self.new_product(f"Q{number}-{index}", 3), channel)
                    for index in range(number)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            listings._tell_stock(channel)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
