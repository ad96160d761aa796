from ast import literal_eval

from lxml import html

from odoo.tests import Form, HttpCase, TransactionCase, tagged

from .watch_common import WatchMixin, ignore_missing_library

#: Opens every menu of the app in turn, each of its views, and the first record of its list;
#: fails on an error dialog, on an error in the console and on a screen that stays empty.
OPEN_EVERY_MENU = """
(async () => {
    const find = (selector) => document.querySelector(selector);
    const until = async (what, condition) => {
        for (let tries = 0; tries < 300; tries++) {
            const dialog = find(".o_error_dialog");
            if (dialog) {
                throw new Error(`error dialog at ${what}: ${dialog.innerText}`);
            }
            if (condition()) {
                return;
            }
            await new Promise((done) => setTimeout(done, 50));
        }
        throw new Error(`nothing came up for ${what}`);
    };
    const { action, menu } = odoo.__WOWL_DEBUG__.root.env.services;
    const leaves = [];
    const collect = (tree) => {
        if (!tree.childrenTree.length && tree.actionID) {
            leaves.push(tree);
        }
        tree.childrenTree.forEach(collect);
    };
    const app = menu.getApps().find((found) => found.xmlid === "orion_base.menu_orion_root");
    collect(menu.getMenuAsTree(app.id));

    for (const leaf of leaves) {
        await menu.selectMenu(leaf);
        await until(leaf.xmlid, () =>
            action.currentController?.action.id === leaf.actionID
            && find(".o_action_manager .o_content > *")
        );
        if (WITH_DATA && find(".o_list_view .o_data_row") && !find(".o_view_sample_data")) {
            find(".o_list_view .o_data_row .o_data_cell:not(.o_handle_cell)").click();
            await until(`a record of ${leaf.xmlid}`, () => find(".o_form_view .o_form_sheet"));
            await action.restore();
            await until(`back to ${leaf.xmlid}`, () => find(".o_list_view"));
        }
        for (const type of ["graph", "pivot"]) {
            if (find(`.o_switch_view.o_${type}`)) {
                find(`.o_switch_view.o_${type}`).click();
                const shown = `.o_${type}_view .o_content > *`;
                await until(`${type} of ${leaf.xmlid}`, () => find(shown));
            }
        }
    }
    const opened = leaves.map((leaf) => leaf.xmlid);
    const missing = EXPECTED.filter((xmlid) => !opened.includes(xmlid));
    if (missing.length) {
        throw new Error(`menus ${missing} are not among ${opened}`);
    }
    console.log("test successful");
})();
"""

MENUS = [
    "orion_base.menu_orion_dashboard",
    "orion_base.menu_orion_listing",
    "orion_base.menu_orion_operation",
    "orion_base.menu_orion_sync_log",
    "orion_base.menu_orion_schedule",
    "orion_base.menu_orion_alert",
    "orion_base.menu_orion_channel",
    "orion_base.menu_orion_credential",
    "orion_base.menu_orion_settings",
]


@tagged("post_install", "-at_install")
class TestForms(WatchMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.channel = cls._channel()

    def test_operation_form_hides_secrets(self):
        operation = self._operations(
            self.channel,
            1,
            status="failed",
            payload={"unit": "a1", "api_key": "do-not-show"},
            response_data={"access_token": "neither-this"},
            error_message="Refused",
        )
        form = Form(operation.with_user(self.user))
        self.assertIn('"unit": "a1"', form.payload_text)
        self.assertNotIn("do-not-show", form.payload_text)
        self.assertNotIn("neither-this", form.response_text)
        self.assertFalse(form.has_record)

    def test_sync_log_form_shows_errors_as_text(self):
        log = self._log(
            self.channel,
            "partial",
            error_details=[
                {"message": "Total <b>differs</b>", "order": "R1", "password": "hunter2"},
                "plain words",
            ],
            counts={"orders_imported": 3},
            total_records=4,
            records_processed=2,
        )
        form = Form(log.with_user(self.user))
        cells = [cell.text_content() for cell in html.fromstring(form.error_table).iter("td")]
        self.assertEqual(cells[0], "Total <b>differs</b>")
        self.assertIn("order: R1", cells[1])
        self.assertEqual(cells[2], "plain words")
        self.assertNotIn("hunter2", form.error_table)
        self.assertEqual(form.first_error, "Total <b>differs</b>")
        self.assertEqual(form.counts_text, "orders_imported: 3")
        self.assertEqual(log.operation_label, "Order import")

    def test_log_leads_to_its_operations(self):
        log = self._log(self.channel, direction="outbound", operation_type="test_confirm")
        operation = self._operations(self.channel, 1, log_id=log.id)
        self._operations(self.channel, 1)
        action = log.with_user(self.user).action_open_operations()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), operation)
        self.assertEqual(log.operation_label, "Confirm")

    def test_schedule_form(self):
        schedule = self._schedule(self.channel)
        with Form(schedule.with_user(self.manager)) as form:
            form.interval_minutes = 30
        self.assertEqual(schedule.interval_minutes, 30)
        schedule.with_user(self.manager).action_pause()
        self.assertFalse(schedule.enabled)

    def test_listing_form(self):
        with Form(self.env["orion.listing"].with_user(self.manager)) as form:
            form.channel_id = self.channel
            form.product_id = self.env["product.product"].create({"name": "Mug"})
            form.stock_policy = "fixed"
            form.fixed_quantity = 3
        self.assertEqual(form.record.fixed_quantity, 3)

    def test_alert_form(self):
        alert = self.env["orion.alert"].create(
            {"company_id": self.company.id, "metric": "sync_error_rate"}
        )
        form = Form(alert.with_user(self.user))
        self.assertEqual(form.name, "Too many synchronisations fail")

    def test_filters_of_the_searches_work(self):
        for xmlid in ("operation", "schedule", "sync_log", "listing", "alert"):
            view = self.env.ref(f"orion_base.view_orion_{xmlid}_search")
            model = self.env[view.model].with_user(self.manager)
            for node in html.fromstring(view.arch).iter("filter"):
                if node.get("domain"):
                    with self.subTest(view=xmlid, filter=node.get("name")):
                        found = model.search_count(literal_eval(node.get("domain")))
                        self.assertGreaterEqual(found, 0)


@tagged("post_install", "-at_install")
class TestMenusInBrowser(WatchMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_watch()
        cls.startClassPatcher(ignore_missing_library())

    def open_every_menu(self, with_data):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", "true" if with_data else "false")
        self.browser_js(
            "/odoo",
            code.replace("EXPECTED", str(MENUS)),
            ready="!!odoo.__WOWL_DEBUG__?.root?.env.services.menu",
            login=self.manager.login,
            timeout=180,
        )

    def test_empty(self):
        self.open_every_menu(with_data=False)

    def test_with_data(self):
        channel = self._channel()
        self._operations(channel, 3)
        self._operations(channel, 1, status="failed", error_message="Refused")
        self._log(channel, "partial", error_details=[{"message": "One order failed"}])
        self._schedule(channel)
        self.env["orion.listing"].create(
            {
                "channel_id": channel.id,
                "product_id": self.env["product.product"].create({"name": "Mug"}).id,
            }
        )
        self.env["orion.circuit"].create(
            {"channel_id": channel.id, "state": "open", "reason": "The key was refused."}
        )
        self.env["orion.alert"].create(
            {"company_id": self.company.id, "metric": "sync_error_rate", "is_open": True}
        )
        self.open_every_menu(with_data=True)
