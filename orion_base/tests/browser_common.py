"""What tests of screens in a real browser share."""

from odoo.tests import HttpCase

from .watch_common import ignore_missing_library

#: True once the web client has come up.
READY = "!!odoo.__WOWL_DEBUG__?.root?.env.services.menu"

_SCRIPT = """
(async () => {
    const find = (selector) => document.querySelector(selector);
    const until = async (what, condition) => {
        for (let tries = 0; tries < 400; tries++) {
            if (condition()) {
                return;
            }
            await new Promise((done) => setTimeout(done, 50));
        }
        throw new Error(`nothing came up for ${what}`);
    };
    const press = async (name) => {
        const button = () => find(`button[name=${name}]:not(.d-none)`);
        await until(`the button ${name}`, () => button() && !button().disabled);
        button().click();
    };
    BODY
    console.log("test successful");
})();
"""


class BrowserCase(HttpCase):
    """A browser in which the administrator is logged in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())

    @classmethod
    def _let_admin_see(cls, company):
        """The administrator works in `company`."""
        admin = cls.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, company.id)], "company_id": company.id})

    def in_browser(self, path, body):
        """Open a page and do what `body` says.

        :param body: JavaScript that may use `find(selector)`, `await until(what, condition)` and
            `await press(name of a button)`
        """
        code = _SCRIPT.replace("BODY", body.strip())
        self.browser_js(path, code, ready=READY, login="admin", timeout=60)
