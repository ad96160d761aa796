from odoo.tests import tagged

from odoo.addons.orion_base.tests.browser_common import READY, BrowserCase
from odoo.addons.orion_base.tests.test_views import OPEN_EVERY_MENU

from .common import ExceptionsCase

MENUS = [
    "orion_order_exceptions.menu_orion_order_exception",
    "orion_order_exceptions.menu_orion_product_alias",
]


@tagged("post_install", "-at_install")
class TestScreens(ExceptionsCase, BrowserCase):
    def test_every_menu_without_exceptions(self):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", "false").replace("EXPECTED", str(MENUS))
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=180)
