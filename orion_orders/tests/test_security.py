from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OrdersCase, order

METHODS = {
    "orion_confirm": {},
    "orion_reject": {"reason": "x"},
    "orion_set_tracking": {"tracking_number": "1"},
    "orion_mark_shipped": {},
    "orion_set_status": {"status": "shipped"},
    "orion_read": {},
}
OWN_MODELS = (
    "orion.order.status.history",
    "orion.order.payload",
    "orion.order.reject",
    "orion.order.tracking",
    "orion.order.ship",
    "orion.order.ship.line",
    "orion.order.set.status",
)


class TestSecurity(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "orders_stranger",
            groups="orion_base.group_orion_user",
            company_id=cls.elsewhere.id,
            company_ids=[(6, 0, cls.elsewhere.ids)],
        )
        cls.nobody = new_test_user(cls.env, "orders_nobody", groups="base.group_user")

    def setUp(self):
        super().setUp()
        self.sale = self.imported(order())

    def test_wrong_group(self):
        for user in (self.seller, self.nobody):
            for method, arguments in METHODS.items():
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(self.sale.with_user(user), method)(**arguments)
            with self.assertRaises(AccessError):
                self.env["sale.order"].with_user(user).orion_stats()
        self.assertFalse(self.env["orion.operation"].search([("res_id", "=", self.sale.id)]))

    def test_other_company(self):
        for method, arguments in METHODS.items():
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.sale.with_user(self.stranger), method)(**arguments)
        stats = self.env["sale.order"].with_user(self.stranger).orion_stats()
        self.assertEqual(stats["total"], 0)
        with self.assertRaises(AccessError):
            self.channel.with_user(self.stranger).import_orders()

    def test_records_of_another_company_are_not_seen(self):
        for model in ("orion.order.status.history", "orion.order.payload"):
            records = self.env[model].search([("company_id", "=", self.company.id)])
            self.assertTrue(records)
            seen = self.env[model].with_user(self.stranger).search([])
            self.assertFalse(records & seen)

    def test_history_and_payloads_are_not_written(self):
        for records in (self.sale.orion_status_history_ids, self.payload()):
            with self.assertRaises(AccessError):
                records.with_user(self.clerk).write({"create_date": "2020-01-01"})
            with self.assertRaises(AccessError):
                records.with_user(self.clerk).unlink()

    def payload(self):
        return self.env["orion.order.payload"].search([("order_id", "=", self.sale.id)])

    def test_every_model_has_rights_and_companies(self):
        for name in OWN_MODELS:
            model = self.env["ir.model"]._get(name)
            with self.subTest(name):
                self.assertTrue(model.access_ids.group_id)
                if not model.transient:
                    self.assertTrue(model.rule_ids)

    def test_missing_order(self):
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.env["sale.order"].browse(987654321).with_user(self.clerk).orion_read()

    def test_a_seller_reads_the_form(self):
        views = self.env["sale.order"].with_user(self.seller).get_views([(False, "form")])
        arch = views["views"]["form"]["arch"]
        self.assertNotIn("orion_marketplace", arch)
        self.assertNotIn("action_orion_confirm", arch)
        fields_read = [
            name
            for name in views["models"]["sale.order"]["fields"]
            if name.startswith("orion_") and name != "orion_status_history_ids"
        ]
        self.assertTrue(self.sale.with_user(self.seller).read(fields_read))


class TestScreens(OrdersCase):
    def test_every_view_loads(self):
        user = self.clerk
        views = self.env["ir.model.data"].search(
            [("module", "=", "orion_orders"), ("model", "=", "ir.ui.view")]
        )
        self.assertGreater(len(views), 10)
        for data in views:
            view = self.env["ir.ui.view"].browse(data.res_id)
            if view.model in ("res.config.settings", "orion.settings"):
                continue  # an administrator's, and managers'
            with self.subTest(data.name):
                self.env[view.model].with_user(user).get_view(view.id, view.type)

    def test_actions_have_an_empty_state(self):
        for name in (
            "action_orion_order",
            "action_orion_order_to_confirm",
            "action_orion_order_to_ship",
            "action_orion_order_payload",
        ):
            action = self.env.ref(f"orion_orders.{name}")
            self.assertIn("o_view_nocontent_smiling_face", action.help)

    def test_buttons_answer_with_actions(self):
        sale = self.imported(order(url="https://played.example/1")).with_user(self.clerk)
        for method in (
            "action_orion_open_reject",
            "action_orion_open_tracking",
            "action_orion_open_ship",
            "action_orion_open_status",
            "action_orion_operations",
            "action_orion_payloads",
            "action_orion_logs",
            "action_orion_unmatched_lines",
            "action_orion_open_url",
            "action_orion_confirm",
        ):
            with self.subTest(method):
                action = getattr(sale, method)()
                self.assertTrue(action["type"].startswith("ir.actions."))
        self.assertTrue(self.channel.with_user(self.clerk).action_open_orders()["domain"])

    def test_unsafe_address_is_not_opened(self):
        sale = self.imported(order(url="javascript:alert(1)"))
        with self.assertRaises(UserError):
            sale.with_user(self.clerk).action_orion_open_url()

    def test_dashboard_and_status(self):
        self.imported(order("S1"), order("S2"))
        [status] = self.channel.with_user(self.clerk).get_status()
        self.assertEqual(status["orders"]["pending"], 2)
        cards = self.env["orion.dashboard"].with_user(self.clerk).get_dashboard()["channels"]
        card = next(card for card in cards if card["id"] == self.channel.id)
        figures = {figure["name"]: figure["value"] for figure in card["figures"]}
        self.assertEqual(figures["orders_to_confirm"], 2)
