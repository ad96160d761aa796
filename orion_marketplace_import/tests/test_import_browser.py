from odoo.tests import HttpCase, tagged

from odoo.addons.orion_base.tests.watch_common import ignore_missing_library

from .import_common import ImportCase, feed, row

READY = "!!odoo.__WOWL_DEBUG__?.root?.env.services.menu"

#: Reads the first error of an import behind its button.
SHOW_ERRORS = """
(async () => {
    const until = async (what, condition) => {
        for (let tries = 0; tries < 300; tries++) {
            if (condition()) {
                return;
            }
            await new Promise((done) => setTimeout(done, 50));
        }
        throw new Error(`nothing came up for ${what}`);
    };
    const button = () => document.querySelector("button[name=action_view_errors]");
    await until("the button", () => button() && !button().disabled);
    button().click();
    const line = () => document.querySelector(".o_list_view .o_data_row");
    await until("the errors", () => line()?.innerText.includes("free"));
    console.log("test successful");
})();
"""

#: Ends an import behind the back of its open form, and waits until the form shows it.
WATCH = """
(async () => {
    const status = () =>
        document.querySelector(".o_field_statusbar .o_arrow_button_current")?.innerText.trim();
    const { orm } = odoo.__WOWL_DEBUG__.root.env.services;
    for (let tries = 0; !status() && tries < 300; tries++) {
        await new Promise((done) => setTimeout(done, 50));
    }
    await orm.call("orion.import.job", "action_cancel", [[JOB]]);
    for (let tries = 0; tries < 400; tries++) {
        if (status() === "Cancelled") {
            console.log("test successful");
            return;
        }
        await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`still ${status()}`);
})();
"""


@tagged("post_install", "-at_install")
class TestImportScreens(ImportCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())
        admin = cls.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})

    def test_errors_of_an_import(self):
        job = self.run_job(self.start(feed(row(1), row(2, price="free"))))
        self.browser_js(
            f"/odoo/marketplace-imports/{job.id}",
            SHOW_ERRORS,
            ready=READY,
            login="admin",
            timeout=60,
        )

    def test_an_open_import_is_watched(self):
        job = self.start(feed(row(1)))
        self.browser_js(
            f"/odoo/marketplace-imports/{job.id}",
            WATCH.replace("JOB", str(job.id)),
            ready=READY,
            login="admin",
            timeout=60,
        )
        self.assertEqual(job.status, "cancelled")
