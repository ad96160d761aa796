from odoo.tests import HttpCase, tagged

from odoo.addons.orion_base.tests.watch_common import ignore_missing_library

from .test_browser import READY
from .test_import_job import ImportCase, feed, row

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
