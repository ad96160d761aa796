from odoo.tests import HttpCase, tagged

from odoo.addons.orion_base.tests.watch_common import ignore_missing_library

from .feed_common import FeedCase
from .test_browser import READY

#: Writes the file in the dialog, and reads what is said of the products.
EXPORT = """
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
    const button = () => document.querySelector("button[name=action_write]:not(.d-none)");
    await until("the button", () => button() && !button().disabled);
    button().click();
    const problem = () => document.querySelector("[name=problem_ids] .o_data_row");
    await until("the problems", problem);
    if (!problem().innerText.includes("No valid GTIN")) {
        throw new Error(`not the problem expected: ${problem().innerText}`);
    }
    const text = () => document.querySelector(".o_form_view").innerText;
    await until("the file", () => text().includes("_letzshop_export.csv"));
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestFeedScreen(FeedCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())
        admin = cls.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})

    def test_export_from_the_menu(self):
        self.product("A", quantity=3)
        self.browser_js("/odoo/marketplace-feed", EXPORT, ready=READY, login="admin", timeout=60)
