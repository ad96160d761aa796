from odoo.tests import tagged

from odoo.addons.orion_base.tests.browser_common import BrowserCase

from .import_common import ImportCase, feed, row

#: Reads the first error of an import behind its button.
SHOW_ERRORS = """
    await press("action_view_errors");
    const line = () => find(".o_list_view .o_data_row");
    await until("the errors", () => line()?.innerText.includes("free"));
"""

#: Ends an import behind the back of its open form, and waits until the form shows it.
WATCH = """
    const status = () =>
        find(".o_field_statusbar .o_arrow_button_current")?.innerText.trim();
    await until("the status", status);
    const { orm } = odoo.__WOWL_DEBUG__.root.env.services;
    await orm.call("orion.import.job", "action_cancel", [[JOB]]);
    await until("the new status", () => status() === "Cancelled");
"""


@tagged("post_install", "-at_install")
class TestImportScreens(ImportCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_admin_see(cls.company)

    def test_errors_of_an_import(self):
        job = self.run_job(self.start(feed(row(1), row(2, price="free"))))
        self.in_browser(f"/odoo/marketplace-imports/{job.id}", SHOW_ERRORS)

    def test_an_open_import_is_watched(self):
        job = self.start(feed(row(1)))
        code = WATCH.replace("JOB", str(job.id))
        self.in_browser(f"/odoo/marketplace-imports/{job.id}", code)
        self.assertEqual(job.status, "cancelled")
