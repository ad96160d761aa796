from odoo.tests import HttpCase, tagged

from odoo.addons.orion_base.tests.test_views import OPEN_EVERY_MENU
from odoo.addons.orion_base.tests.watch_common import ignore_missing_library

from .common import ExceptionsCase

MENUS = [
    "orion_order_exceptions.menu_orion_order_exception",
    "orion_order_exceptions.menu_orion_product_alias",
]
READY = "!!odoo.__WOWL_DEBUG__?.root?.env.services.menu"


@tagged("post_install", "-at_install")
class TestScreens(ExceptionsCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(ignore_missing_library())

    def test_every_menu_without_exceptions(self):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", "false").replace("EXPECTED", str(MENUS))
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=180)
