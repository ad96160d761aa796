from odoo.tests import tagged

from odoo.addons.orion_base.tests.browser_common import BrowserCase

from .feed_common import FeedCase

#: Writes the file in the dialog, and reads what is said of the products.
EXPORT = """
    await press("action_write");
    const problem = () => find("[name=problem_ids] .o_data_row");
    await until("the problems", problem);
    if (!problem().innerText.includes("No valid GTIN")) {
        throw new Error(`not the problem expected: ${problem().innerText}`);
    }
    const text = () => find(".o_form_view").innerText;
    await until("the file", () => text().includes("_letzshop_export.csv"));
"""


@tagged("post_install", "-at_install")
class TestFeedScreen(FeedCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_admin_see(cls.company)

    def test_export_from_the_menu(self):
        self.product("A", quantity=3)
        self.in_browser("/odoo/marketplace-feed", EXPORT)
