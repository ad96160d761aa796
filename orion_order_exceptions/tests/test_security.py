from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.orion_orders.tests.common import GTIN_2

from .common import ExceptionsCase

METHODS = {
    "resolve": {"product_id": 1},
    "ignore": {"reason": "x"},
    "reopen": {},
    "undo": {},
    "action_reopen": {},
    "action_undo": {},
}
MODEL_METHODS = {"bulk_resolve": {"gtin": GTIN_2, "product_id": 1}, "get_stats": {}}


class TestSecurity(ExceptionsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "exceptions_stranger",
            groups="orion_base.group_orion_user",
            company_id=cls.elsewhere.id,
            company_ids=[(6, 0, cls.elsewhere.ids)],
        )

    def setUp(self):
        super().setUp()
        self.sale = self.unknown()
        self.exception = self.sale.orion_exception_ids

    def test_wrong_group(self):
        for method, arguments in METHODS.items():
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.exception.with_user(self.seller), method)(**arguments)
        for method, arguments in MODEL_METHODS.items():
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.exceptions.with_user(self.seller), method)(**arguments)
        for model in (self.exceptions, self.aliases):
            with self.assertRaises(AccessError):
                model.with_user(self.seller).search([])

    def test_other_company(self):
        strange = self.exceptions.with_user(self.stranger)
        self.assertFalse(strange.search([]))
        self.assertFalse(any(strange.get_stats().values()))
        for method, arguments in METHODS.items():
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.exception.with_user(self.stranger), method)(**arguments)
        product = self.env["product.product"].create({"name": "Everybody's"})
        result = strange.bulk_resolve(gtin=GTIN_2, product_id=product.id)
        self.assertEqual(result, {"resolved": 0, "orders_released": 0})
        self.assertEqual(self.exception.status, "pending")
        self.aliases.create({"value": GTIN_2, "product_id": product.id})
        self.assertFalse(self.aliases.with_user(self.stranger).search([]))

    def test_product_of_a_company_that_is_not_allowed(self):
        product = self.env["product.product"].create(
            {"name": "Theirs", "company_id": self.elsewhere.id}
        )
        with self.assertRaises(AccessError):
            self.exception.resolve(product_id=product.id)

    def test_gone(self):
        gone = self.exceptions.browse(999999999).with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "does not exist"):
            gone.resolve(product_id=self.answer.id)

    def test_a_seller_who_chooses_the_product_by_hand(self):
        self.sale.with_user(self.seller).order_line.product_id = self.answer
        self.assertEqual(self.exception.status, "resolved")
        self.assertEqual(self.exception.resolved_by, self.seller)

    def test_a_seller_reads_the_order(self):
        [values] = self.sale.with_user(self.seller).read(["name", "orion_unmatched_count"])
        self.assertEqual(values["orion_unmatched_count"], 1)

    def test_screens_are_of_who_opened_them(self):
        colleague = new_test_user(
            self.env, "exceptions_colleague", groups="orion_base.group_orion_user"
        )
        ignoring = self.env["orion.exception.ignore"].with_user(self.clerk)
        ignore = ignoring.create({"exception_ids": self.exception.ids, "reason": "x"})
        resolving = self.env["orion.exception.resolve"].with_user(self.clerk)
        resolve = resolving.create({"exception_id": self.exception.id})
        bulk = self.env["orion.exception.bulk"].with_user(self.clerk)
        bulk = bulk.browse(bulk._open_for(self.exception)["res_id"])
        for screen, method in (
            (ignore, "action_ignore"),
            (resolve, "action_resolve"),
            (bulk, "action_apply"),
        ):
            with self.subTest(screen._name), self.assertRaises(AccessError):
                getattr(screen.with_user(colleague), method)()
        with self.assertRaises(AccessError):
            bulk.group_ids.with_user(colleague).product_id = self.answer
        ignore.action_ignore()
        self.assertEqual(self.exception.status, "ignored")

    def test_one_a_line(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.exceptions._create_for(self.sale.order_line)


class TestAliasRecords(ExceptionsCase):
    def test_values_are_kept_in_one_form(self):
        alias = self.aliases.with_user(self.env.ref("base.user_admin")).create(
            {"value": " 5901234-123457", "product_id": self.answer.id}
        )
        self.assertEqual((alias.kind, alias.value), ("gtin", "05901234123457"))
        alias.write({"kind": "sku", "value": " A-1 "})
        self.assertEqual(alias.value, "A-1")
        for kind, value in (("gtin", "123"), ("gtin", ""), ("sku", "  "), ("gtin", "A-1")):
            with self.subTest(value), self.assertRaises(ValidationError):
                alias.write({"kind": kind, "value": value})

    def test_one_product_for_a_value(self):
        values = {"value": GTIN_2, "product_id": self.answer.id}
        self.aliases.create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.aliases.create({**values, "product_id": self.pen.id})

    def test_the_newest_word_counts(self):
        one, two = self.unknown(2, sku="").orion_exception_ids
        for exception, product in ((one, self.answer), (two, self.pen)):
            exception._resolve_many({exception: product}, remember=("gtin", "sku"))
            alias = self.aliases.search([])
            self.assertEqual((alias.product_id, alias.exception_id), (product, exception))

    def test_what_was_said_in_two_ways_at_once_is_not_learned(self):
        one, two = self.unknown(2).orion_exception_ids
        one._resolve_many({one: self.answer, two: self.pen}, remember=("gtin",))
        self.assertEqual({one.status, two.status}, {"resolved"})
        self.assertFalse(self.aliases.search([]))


class TestAliasesOfUsers(ExceptionsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "aliases_colleague", groups="orion_base.group_orion_user"
        )
        cls.manager = new_test_user(
            cls.env, "aliases_manager", groups="orion_base.group_orion_manager"
        )

    def taught(self, entered=None):
        exception = self.unknown(prefix=f"T{entered}").orion_exception_ids
        exception.resolve(product_id=self.answer.id, remember=True)
        return self.aliases.with_user(self.clerk).search([])

    def test_they_see_aliases_and_remove_what_they_taught(self):
        alias = self.taught()
        self.assertEqual(alias.learned_by, self.clerk)
        with self.assertRaisesRegex(AccessError, "was not learned from you"):
            alias.with_user(self.colleague).unlink()
        with self.assertRaises(AccessError):
            alias.product_id = self.pen
        with self.assertRaises(AccessError):
            alias.create({"value": "96385074", "product_id": self.pen.id})
        alias.unlink()
        self.assertFalse(self.aliases.search([]))

    def test_what_a_manager_entered_or_corrected_is_not_theirs(self):
        entered = self.aliases.create({"value": GTIN_2, "product_id": self.pen.id})
        with self.assertRaisesRegex(AccessError, "Ask a Marketplace Manager"):
            entered.with_user(self.clerk).unlink()
        alias = self.taught()
        self.assertEqual(alias, entered)
        with self.assertRaisesRegex(AccessError, "Ask a Marketplace Manager"):
            alias.unlink()
        alias.with_user(self.manager).unlink()
        alias = self.taught("again")
        alias.with_user(self.manager).product_id = self.pen
        with self.assertRaisesRegex(AccessError, "Ask a Marketplace Manager"):
            alias.unlink()

    def test_the_rules_say_so_too(self):
        rule = self.env["ir.rule"].with_user(self.colleague)
        domain = rule._compute_domain(self.aliases._name, "unlink")
        self.assertFalse(self.taught().sudo().filtered_domain(domain))

    def test_the_menu_shows_aliases_and_nothing_else_of_the_configuration(self):
        menus = self.env["ir.ui.menu"].with_user(self.clerk)._visible_menu_ids()
        configuration = self.env.ref("orion_base.menu_orion_configuration")
        shown = configuration.child_id.filtered(lambda menu: menu.id in menus)
        self.assertIn(configuration.id, menus)
        self.assertEqual(shown.mapped("name"), ["Aliases"])
        menus = self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids()
        self.assertLessEqual(set(configuration.child_id.ids), set(menus))


class TestReminders(ExceptionsCase):
    def setUp(self):
        super().setUp()
        self.sale = self.unknown()
        self.exception = self.sale.orion_exception_ids

    def age(self, hours):
        self.exception.sudo().pending_since -= timedelta(hours=hours)

    def reminders(self):
        kind = self.env.ref("orion_order_exceptions.activity_type_unknown_product")
        return self.channel.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def remind(self):
        self.exceptions._cron_remind()
        self.env.invalidate_all()
        return self.reminders()

    def test_one_for_all_that_wait_and_its_figures_follow(self):
        more = self.unknown(4, prefix="M") | self.unknown(2, prefix="O", gtin="96385074", sku="O")
        both = self.exception | more.orion_exception_ids
        both.sudo().pending_since = fields.Datetime.now() - timedelta(hours=30)
        reminder = self.remind()
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.summary, "Unknown products: 2, orders that wait: 7")
        self.assertEqual(set(both.mapped("reminded_at")) & {False}, set())
        more[:4].orion_exception_ids.resolve(product_id=self.answer.id)
        self.assertEqual(self.remind(), reminder)
        self.assertEqual(reminder.summary, "Unknown products: 2, orders that wait: 3")
        (both - more[:4].orion_exception_ids).resolve(product_id=self.answer.id)
        self.assertFalse(self.reminders())

    def test_a_new_one_for_what_became_old_since(self):
        self.age(30)
        self.remind().action_done()
        self.unknown(prefix="N").orion_exception_ids.sudo().pending_since -= timedelta(hours=30)
        self.assertEqual(self.remind().summary, "Unknown products: 1, orders that wait: 2")

    def test_another_responsible(self):
        self.age(30)
        self.remind()
        self.channel.responsible_id = self.clerk
        self.assertEqual(self.remind().user_id, self.clerk)

    def test_not_somebody_who_may_not_resolve(self):
        self.age(30)
        self.channel.responsible_id = False
        self.sale.sudo().user_id = self.seller
        self.assertFalse(self.remind())
        self.sale.sudo().user_id = self.clerk
        self.assertEqual(self.remind().user_id, self.clerk)

    def test_queries_do_not_grow(self):
        def count(number):
            sales = self.unknown(number, prefix=f"R{number}-")
            since = fields.Datetime.now() - timedelta(hours=30)
            sales.orion_exception_ids.sudo().pending_since = since
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.exceptions._cron_remind()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(10), count(50)
        self.assertLess(many, few + 5)

    def test_once_after_the_companys_hours(self):
        self.age(23)
        self.assertFalse(self.remind())
        self.age(2)
        reminder = self.remind()
        self.assertEqual(reminder.user_id, self.channel.responsible_id)
        self.assertIn("Riddle", reminder.note)
        self.assertEqual(self.remind(), reminder)
        reminder.action_done()
        self.assertFalse(self.remind())

    def test_never(self):
        self.company.orion_exception_reminder_hours = 0
        self.age(1000)
        self.assertFalse(self.remind())

    def test_closed_when_resolved_or_ignored(self):
        for settle in (
            lambda: self.exception.resolve(product_id=self.answer.id),
            lambda: self.exception.ignore(reason="x"),
        ):
            self.age(30)
            self.assertTrue(self.remind())
            settle()
            self.assertFalse(self.reminders())
            if self.exception.status == "resolved":
                self.exception.action_undo()

    def test_again_when_reopened_or_undone(self):
        for settle, back in (
            (lambda: self.exception.resolve(product_id=self.answer.id), "action_undo"),
            (lambda: self.exception.ignore(reason="x"), "action_reopen"),
        ):
            self.age(30)
            self.assertTrue(self.remind())
            settle()
            getattr(self.exception, back)()
            self.assertFalse(self.remind(), "its hours begin anew")
        self.age(30)
        self.assertTrue(self.remind())

    def test_once_somebody_is_responsible(self):
        responsible = self.channel.responsible_id
        self.channel.responsible_id = self.sale.sudo().user_id = False
        self.age(30)
        self.assertFalse(self.remind())
        self.channel.responsible_id = responsible
        self.assertEqual(self.remind().user_id, responsible)

    def test_settings_of_the_company(self):
        manager = self.env.ref("base.user_admin")
        settings = self.env["orion.settings"].with_user(manager)
        settings.create({"orion_exception_reminder_hours": 5})
        self.assertEqual(self.company.orion_exception_reminder_hours, 5)
        self.assertEqual(settings.new({}).orion_exception_reminder_hours, 5)
