import json
from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.orion_base.tests.test_views import OPEN_EVERY_MENU
from odoo.addons.orion_base.tests.watch_common import ignore_missing_library

from .common import PLAIN, KeysCase
from .mail_common import InTestModeMixin

MENUS = [
    f"orion_digital_keys.menu_orion_{name}"
    for name in (
        "key_pool",
        "order_waiting",
        "key_import",
        "digital_key",
        "key_batch",
        "key_purchase",
        "key_margin",
        "key_reveal",
    )
]
READY = "!!odoo.__WOWL_DEBUG__?.root?.env.services.menu"


@tagged("post_install", "-at_install")
class TestPool(KeysCase):
    def pool(self, product=None):
        self.env.flush_all()
        return self.env["orion.key.pool"].search(
            [("product_id", "=", (product or self.game).id), ("company_id", "=", self.company.id)]
        )

    def test_a_digital_product_without_keys_is_an_empty_pool(self):
        pool = self.pool()
        self.assertEqual((pool.free_count, pool.waiting_count, pool.is_low), (0, 0, False))

    def test_the_counts(self):
        self.add_keys(8)
        self.add_keys(2, start=20, expires_on=fields.Date.today() - timedelta(days=1))
        self.add_keys(1, start=30, expires_on=fields.Date.today() + timedelta(days=9))
        self.sell(3)
        self.work()
        self.env["orion.digital.key"].search([("state", "=", "available")], limit=1)._lock_free("x")
        pool = self.pool()
        self.assertEqual(pool.free_count, 5)
        self.assertEqual(pool.delivered_count, 3)
        self.assertEqual(pool.locked_count, 3)
        self.assertEqual(pool.sold_count, 3)
        self.assertEqual(pool.days_of_stock, 50)
        self.assertFalse(pool.next_expiry, "the one that expires first was given first")
        other = self.create_game("Other")
        self.sell(2, other)
        self.work()
        self.assertEqual(self.pool(other).waiting_count, 2)

    def test_other_companies_have_pools_of_their_own(self):
        self.add_keys(2)
        other = self.env["res.company"].create({"name": "Other"})
        self.env.flush_all()
        pools = self.env["orion.key.pool"].search([("product_id", "=", self.game.id)])
        counts = {pool.company_id: pool.free_count for pool in pools}
        self.assertEqual((counts[self.company], counts[other]), (2, 0))
        seen = self.env["orion.key.pool"].with_user(self.clerk).search([])
        self.assertEqual(seen.company_id, self.company)

    # === LOW === #

    def activities(self):
        kind = self.env.ref("orion_digital_keys.mail_activity_type_low_pool")
        return self.game.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def test_a_low_pool_is_an_activity_once_until_there_are_enough_again(self):
        self.game.orion_low_pool_threshold = 3
        self.add_keys(4)
        self.assertFalse(self.activities())
        for _ in range(2):
            self.sell(1)
            self.work()
        [activity] = self.activities()
        self.assertIn("2", activity.note)
        self.assertTrue(activity.user_id.has_group("orion_base.group_orion_manager"))
        self.assertTrue(self.pool().is_low)
        wizard = self.env["orion.key.import"].with_user(self.manager)
        wizard.create({"product_id": self.game.id, "pasted": PLAIN % 99}).action_import()
        self.assertFalse(self.activities())

    def test_keys_that_expire_make_a_pool_low_too(self):
        self.game.orion_low_pool_threshold = 1
        self.add_keys(1, expires_on=fields.Date.today() - timedelta(days=1))
        self.env["product.product"]._cron_watch_pools()
        self.env["product.product"]._cron_watch_pools()
        self.assertEqual(len(self.activities()), 1)

    def test_what_is_bought_on_demand_is_never_low(self):
        self.game.write({"orion_low_pool_threshold": 5, "orion_key_source": "supplier"})
        self.env["product.product"]._cron_watch_pools()
        self.assertFalse(self.activities())

    # === MARGIN === #

    def test_margin_of_what_was_delivered(self):
        self.add_keys(2, unit_cost=3.0)
        self.add_keys(1, start=10, unit_cost=5.0)
        sale = self.sell(2)
        sale.order_line.price_unit = 10.0
        self.work()
        self.env.flush_all()
        rows = self.env["orion.key.margin"].search([("order_id", "=", sale.id)])
        self.assertEqual(rows.mapped("revenue"), [10.0, 10.0])
        self.assertEqual(rows.mapped("margin"), [7.0, 7.0])
        sale.orion_piece_ids[0].replace_key(reason="Broken")
        self.work()
        self.env.flush_all()
        rows.invalidate_recordset()
        row = rows.filtered(lambda one: one.id == sale.orion_piece_ids[0].id)
        self.assertEqual((row.cost, row.margin), (8.0, 2.0))
        sale.orion_piece_ids[1]._give_up("refunded")
        self.env.flush_all()
        rows.invalidate_recordset()
        row = rows.filtered(lambda one: one.id == sale.orion_piece_ids[1].id)
        self.assertEqual((row.revenue, row.margin), (0.0, -3.0))

    # === LOCKING === #

    def test_only_free_keys_are_locked_and_by_managers(self):
        self.add_keys(2)
        self.sell(1)
        self.work()
        keys = self.env["orion.digital.key"].search([("product_id", "=", self.game.id)])
        free = keys.filtered(lambda key: key.state == "available")
        with self.assertRaises(UserError):
            keys.with_user(self.manager)._lock_free("Leaked")
        with self.assertRaises(AccessError):
            free.with_user(self.clerk)._lock_free("Leaked")
        dialog = self.env["orion.key.lock"].with_user(self.manager)
        dialog.with_context(default_key_ids=free.ids).create({"reason": "Leaked"}).action_lock()
        self.assertEqual((free.state, free.reason), ("invalid", "Leaked"))
        waiting = self.sell(1)
        self.work()
        self.assertEqual(self.states(waiting), ["waiting"])

    # === ORDERS THAT WAIT === #

    def test_why_an_order_waits(self):
        self.add_keys(1)
        sale = self.sell(3)
        self.work()
        self.assertEqual(sale.orion_piece_count, 3)
        self.assertEqual(sale.orion_delivered_key_count, 1)
        self.assertEqual(sale.orion_waiting_key_count, 2)
        self.assertEqual(sale.orion_waiting_key_reason, "The Pool Is Empty")
        self.assertEqual(sale.orion_waiting_products, "Game")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_order_waiting"
        )
        waiting = self.env["sale.order"].search(literal_eval(action["domain"]))
        self.assertIn(sale, waiting)

    def test_who_may_not_see_keys_opens_orders_all_the_same(self):
        self.add_keys(1)
        sale = self.sell(1)
        self.work()
        values = sale.with_user(self.seller).read(["name", "orion_piece_count"])
        self.assertEqual(values[0]["orion_piece_count"], 1)
        self.assertTrue(sale.with_user(self.seller).get_view(view_type="form")["arch"])


@tagged("post_install", "-at_install")
class TestMenus(InTestModeMixin, KeysCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())

    def open_menus(self, with_data):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", with_data).replace("EXPECTED", str(MENUS))
        code = code.replace(
            "    for (const leaf of leaves) {\n",
            f"    for (const leaf of leaves.filter((one) => {MENUS}.includes(one.xmlid))) {{\n",
        )
        self.env.flush_all()
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=180)

    def test_every_menu_empty(self):
        self.game.orion_is_digital = False
        self.open_menus("false")

    def test_every_menu_with_data(self):
        self.add_keys(4, unit_cost=2.0)
        self.sell(2)
        self.sell(9)
        self.offer()
        self.game.orion_key_source = "pool_then_supplier"
        self.work()
        [key] = self.env["orion.digital.key"].search([("product_id", "=", self.game.id)], limit=1)
        self.env["orion.key.reveal"].create({"key_id": key.id, "user_id": self.env.uid})
        self.assertTrue(self.env["orion.key.purchase"].search_count([]))
        self.open_menus("true")

    def test_purchases_margin_and_release_in_a_browser(self):
        self.add_keys(1, unit_cost=2.0)
        self.sell()
        self.offer()
        self.game.orion_key_source = "supplier"
        self.sell(2)
        self.work()
        self.game.orion_region_country_ids = self.env.ref("base.us")
        held = self.sell()
        self.work()
        self.assertEqual(held.orion_held_key_count, 1)
        code = """(async () => {
            const { action } = odoo.__WOWL_DEBUG__.root.env.services;
            const until = async (selector) => {
                for (let tries = 0; tries < 200; tries++) {
                    const found = document.querySelector(selector);
                    if (found) return found;
                    await new Promise((done) => setTimeout(done, 50));
                }
                throw new Error(selector + ": " + document.body.innerText);
            };
            await action.doAction("orion_digital_keys.action_orion_key_purchase");
            await until(".o_list_view .o_data_row td[name=state]");
            await action.doAction("orion_digital_keys.action_orion_key_margin");
            await until(".o_graph_view canvas");
            await action.doAction({
                type: "ir.actions.act_window", res_model: "sale.order", res_id: ORDER,
                views: [[false, "form"]],
            });
            (await until("button[name=action_orion_open_release]")).click();
            await until(".modal .o_data_row");
            const reason = await until(".modal [name=reason] input");
            reason.value = "Lives there";
            reason.dispatchEvent(new InputEvent("input", { bubbles: true }));
            reason.dispatchEvent(new Event("change", { bubbles: true }));
            (await until(".modal button[name=action_release]")).click();
            await until(".o_notification");
            console.log("test successful");
        })().catch((error) => console.error(error.stack));""".replace("ORDER", str(held.id))
        self.env.flush_all()
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(self.states(held), ["waiting"])

    def test_import_with_preview_and_show_in_a_browser(self):
        plains = [PLAIN % place for place in range(3)]
        code = """(async () => {
            const { action } = odoo.__WOWL_DEBUG__.root.env.services;
            const find = (selector) => document.querySelector(selector);
            const until = async (condition) => {
                for (let tries = 0; tries < 200; tries++) {
                    if (condition()) return;
                    await new Promise((done) => setTimeout(done, 50));
                }
                throw new Error(document.body.innerText);
            };
            const masked = () => {
                const page = document.documentElement.outerHTML;
                if (page.includes("SECRET")) throw new Error("in clear");
            };
            await action.doAction("orion_digital_keys.action_orion_key_import", {
                additionalContext: { default_product_id: PRODUCT },
            });
            await until(() => find("[name=pasted] textarea"));
            const area = find("[name=pasted] textarea");
            area.value = TEXT;
            area.dispatchEvent(new InputEvent("input", { bubbles: true }));
            area.dispatchEvent(new Event("change", { bubbles: true }));
            find("button[name=action_preview]").click();
            await until(() => find("[name=line_ids] .o_data_row"));
            if (!find("[name=line_ids]").innerText.includes("The same as line 1.")) {
                throw new Error(find("[name=line_ids]").innerText);
            }
            masked();
            find("button[name=action_import]").click();
            await until(() => find("button[name=action_open_keys]"));
            find("button[name=action_open_keys]").click();
            await until(() => document.querySelectorAll(".o_list_view .o_data_row").length === 3);
            masked();
            find(".o_data_row .o_data_cell").click();
            await until(() => find("button[name=action_open_reveal]"));
            find("button[name=action_open_reveal]").click();
            await until(() => find(".o_orion_reveal"));
            masked();
            find(".o_orion_reveal").click();
            await until(() => find(".o_orion_revealed")?.textContent === FIRST);
            console.log("test successful");
        })();"""
        text = json.dumps("\n".join([*plains, plains[0]]))
        for name, value in (("PRODUCT", self.game.id), ("TEXT", text), ("FIRST", plains[0])):
            value = json.dumps(value) if name == "FIRST" else str(value)
            code = code.replace(name, value)
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=90)
        self.env.invalidate_all()
        keys = self.env["orion.digital.key"].search([("product_id", "=", self.game.id)])
        [line] = keys.reveal_ids
        self.assertEqual((line.user_id.login, line.place), ("admin", "staff"))
