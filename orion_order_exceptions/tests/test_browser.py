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

    def open_every_menu(self, with_data):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", "true" if with_data else "false")
        code = code.replace("EXPECTED", str(MENUS))
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=180)

    def test_every_menu_without_exceptions(self):
        self.open_every_menu(with_data=False)

    def test_every_menu_with_exceptions(self):
        orders = self.unknown(3)
        orders[0].orion_exception_ids.resolve(product_id=self.answer.id)
        self.aliases.create({"kind": "sku", "value": "ELSEWHERE", "product_id": self.answer.id})
        self.open_every_menu(with_data=True)
