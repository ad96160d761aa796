from odoo.tests import tagged

from odoo.addons.orion_base.tests.browser_common import READY, BrowserCase
from odoo.addons.orion_base.tests.test_views import OPEN_EVERY_MENU

from .common import LetzshopCase

MENUS = [
    "orion_base.menu_orion_dashboard",
    "orion_orders.menu_orion_order_to_confirm",
    "orion_orders.menu_orion_order_to_ship",
    "orion_orders.menu_orion_order_all",
    "orion_orders.menu_orion_order_statistics",
    "orion_order_exceptions.menu_orion_order_exception",
    "orion_order_exceptions.menu_orion_product_alias",
    "orion_inventory_sync.menu_orion_inventory",
    "orion_letzshop.menu_letzshop_inventory_unit",
    "orion_shipping_labels.menu_orion_shipping_label",
    "orion_shipping_labels.menu_orion_carrier",
    "orion_shipping_labels.menu_orion_carrier_unknown",
    "orion_base.menu_orion_operation",
]

#: Confirms the order that is open at Letzshop, and waits until the screen says so.
CONFIRM = """
    await press("action_orion_confirm");
    await until("the notification", () => find(".o_notification"));
"""


@tagged("post_install", "-at_install")
class TestOrderScreens(LetzshopCase, BrowserCase):
    def open_every_menu(self, with_data):
        code = OPEN_EVERY_MENU.replace("WITH_DATA", "true" if with_data else "false")
        code = code.replace("EXPECTED", str(MENUS))
        self.browser_js("/odoo", code, ready=READY, login="admin", timeout=180)

    def test_every_menu_without_orders(self):
        self.open_every_menu(with_data=False)

    def test_every_menu_with_orders(self):
        self.imported(self.add_orders(3, lines=2, quantity=2))
        unknown = self.imported(self.add_orders(2, known=False)).orion_exception_ids
        product = self.env["product.product"].create({"name": "Known now"})
        self.env["orion.product.alias"].create(
            {"kind": "sku", "value": "ELSEWHERE", "product_id": product.id}
        )
        unknown[:1].resolve(product_id=product.id)
        self.open_every_menu(with_data=True)

    def test_confirm_button_tells_letzshop(self):
        (shipment,) = self.add_orders(1, lines=1, quantity=2)
        order = self.imported([shipment])
        action = self.env.ref("orion_orders.action_orion_order")
        self.in_browser(f"/odoo/action-{action.id}/{order.id}", CONFIRM)
        self.work()
        self.assertEqual(self.states_there(shipment), ["confirmed_available"] * 2)
        self.assertEqual(order.state, "sale")
