from decimal import Decimal

from lxml.etree import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.orion_orders.tests.common import GTIN_2, line, order

from .common import ExceptionsCase


@tagged("post_install", "-at_install")
class TestDialog(ExceptionsCase):
    def dialog(self, exception, **values):
        action = exception.action_resolve()
        self.assertEqual(action["res_model"], "orion.exception.resolve")
        form = Form(
            self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])
        )
        for name, value in values.items():
            form[name] = value
        return form

    def test_all_exceptions_with_the_gtin_are_resolved_and_remembered(self):
        orders = self.unknown(3)
        self.unknown(1, "other", gtin="4012345678901", sku="OTHER")
        form = self.dialog(orders[0].orion_exception_ids)
        self.assertEqual(form.same_count, 3)
        form.product_id = self.answer
        action = form.save().action_resolve()
        self.assertEqual(
            action["params"]["message"],
            "Order lines resolved: 3. Orders that can be confirmed now: 3.",
        )
        self.assertEqual(orders.orion_exception_ids.mapped("status"), ["resolved"] * 3)
        alias = self.aliases.search([("product_id", "=", self.answer.id)])
        self.assertEqual((alias.kind, alias.value), ("gtin", "05901234123457"))

    def test_only_this_one_and_nothing_remembered(self):
        orders = self.unknown(2)
        form = self.dialog(
            orders[0].orion_exception_ids,
            product_id=self.answer,
            apply_to_all=False,
            remember=False,
        )
        form.save().action_resolve()
        self.assertEqual(orders.orion_exception_ids.mapped("status").count("resolved"), 1)
        self.assertFalse(self.aliases.search([("product_id", "=", self.answer.id)]))

    def test_what_only_this_one_is_does_not_resolve_the_others(self):
        orders = self.unknown(3)
        form = self.dialog(orders[0].orion_exception_ids, product_id=self.answer)
        self.assertTrue(form.remember)
        form.apply_to_all = False
        self.assertFalse(form.remember)
        form.save().action_resolve()
        self.match()
        self.assertEqual(
            orders.mapped("orion_exception_ids.status"), ["resolved", "pending", "pending"]
        )

    def test_remembered_all_the_same_says_what_it_does(self):
        orders = self.unknown(3)
        form = self.dialog(
            orders[0].orion_exception_ids, product_id=self.answer, apply_to_all=False
        )
        form.remember = True
        action = form.save().action_resolve()
        self.assertIn("2 more are resolved by themselves", action["params"]["message"])
        self.match()
        self.assertEqual(orders.mapped("orion_exception_ids.status"), ["resolved"] * 3)

    def test_without_gtin_the_sku_counts(self):
        orders = self.unknown(2, gtin="", sku="ONLY-SKU")
        self.unknown(1, "gtin", sku="ONLY-SKU")
        form = self.dialog(orders[0].orion_exception_ids, product_id=self.answer)
        self.assertEqual((form.same_count, form.same_kind), (2, "sku"))
        form.save().action_resolve()
        alias = self.aliases.search([("product_id", "=", self.answer.id)])
        self.assertEqual((alias.kind, alias.value), ("sku", "ONLY-SKU"))

    def test_a_line_of_which_nothing_is_known_stands_alone(self):
        orders = self.unknown(2, gtin="", sku="", name="")
        form = self.dialog(orders[0].orion_exception_ids, product_id=self.answer)
        self.assertEqual((form.same_count, form.same_kind), (1, ""))
        form.save().action_resolve()
        self.assertEqual(orders.orion_exception_ids.mapped("status").count("resolved"), 1)

    def test_what_fits_beyond_doubt_stands_there_already(self):
        exception = self.unknown(gtin="4006381333932").orion_exception_ids
        self.assertEqual(exception.exception_type, "gtin_mismatch")
        self.answer.default_code = "RIDDLE"
        self.assertEqual(self.dialog(exception).product_id, self.answer)
        self.assertEqual(exception.candidates[0]["note"], "Same SKU")

    def test_nothing_chosen(self):
        form = self.dialog(self.unknown().orion_exception_ids)
        with self.assertRaisesRegex(UserError, "Choose the product"):
            form.save().action_resolve()

    def test_create_product(self):
        sale = self.unknown(sku=" RIDDLE ", gtin=GTIN_2)
        wizard = self.dialog(sale.orion_exception_ids).save()
        with self.assertRaisesRegex(UserError, "may not create products"):
            wizard.action_create_product()
        self.clerk.group_ids += self.env.ref("product.group_product_manager")
        wizard.action_create_product()
        product = sale.order_line.product_id
        self.assertEqual(
            (product.name, product.barcode, product.default_code), ("Riddle", GTIN_2, "RIDDLE")
        )
        self.assertEqual(sale.orion_exception_ids.status, "resolved")
        self.assertEqual(sale.amount_total, 9.99)
        self.assertEqual(product.taxes_id.compute_all(product.list_price)["total_included"], 9.99)

    def test_a_product_made_meanwhile_is_taken_instead(self):
        self.clerk.group_ids += self.env.ref("product.group_product_manager")
        sales = self.unknown(2)
        first, second = (self.dialog(one.orion_exception_ids).save() for one in sales)
        first.action_create_product()
        made = sales[0].order_line.product_id
        made.barcode = f"0{GTIN_2}"
        action = second.action_create_product()
        self.assertEqual(sales[1].order_line.product_id, made)
        self.assertIn("no other product was made", action["params"]["message"])

    def test_making_a_product_claims_its_gtin(self):
        self.clerk.group_ids += self.env.ref("product.group_product_manager")
        self.dialog(self.unknown().orion_exception_ids).save().action_create_product()
        [claim] = self.env["orion.product.claim"].search([])
        self.assertEqual(claim.gtin, f"0{GTIN_2}")

    def test_a_product_without_a_name_gets_one_first(self):
        self.clerk.group_ids += self.env.ref("product.group_product_manager")
        sale = self.unknown(gtin="", sku="", name="")
        form = self.dialog(sale.orion_exception_ids)
        self.assertTrue(form.is_nameless)
        with self.assertRaisesRegex(UserError, "Type one for the new product"):
            form.save().action_create_product()
        form.new_name = " Tea cosy "
        form.save().action_create_product()
        self.assertEqual(sale.order_line.product_id.name, "Tea cosy")

    def test_pieces_without_those_that_were_refused(self):
        exception = self.unknown(quantity=Decimal(5)).orion_exception_ids
        exception.order_line_id.sudo().product_uom_qty = 2
        self.assertEqual((exception.quantity, exception.open_quantity), (5, 2))
        self.assertEqual(self.dialog(exception).quantity, 2)
        bulk = self.env["orion.exception.bulk"]._prepare_values(exception)
        self.assertEqual(bulk["group_ids"][0][2]["quantity"], 2)

    def test_a_damaged_gtin_is_no_barcode(self):
        exception = self.unknown(gtin="4006381333932").orion_exception_ids
        self.assertFalse(exception._prepare_product_values()["barcode"])

    def test_ignore_and_reopen(self):
        exceptions = self.unknown(2).orion_exception_ids
        action = exceptions.action_open_ignore()
        form = Form(
            self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])
        )
        form.reason = "Not ours"
        form.save().action_ignore()
        self.assertEqual(exceptions.mapped("status"), ["ignored"] * 2)
        self.assertEqual(exceptions.mapped("resolution_notes"), ["Not ours"] * 2)
        exceptions.action_reopen()
        self.assertEqual(exceptions.mapped("status"), ["pending"] * 2)

    def test_from_the_order(self):
        lines = (line(gtin=GTIN_2), line("L2", gtin="4012345678901"))
        sale = self.imported(order("two", lines=lines)).with_user(self.clerk)
        self.assertEqual(sale.action_orion_resolve()["res_model"], "orion.exception.bulk")
        sale.orion_exception_ids[0].resolve(product_id=self.answer.id)
        self.assertEqual(sale.action_orion_resolve()["res_model"], "orion.exception.resolve")
        action = sale.action_orion_exceptions()
        self.assertEqual(self.exceptions.search(action["domain"]), sale.orion_exception_ids)

    def test_resolved_ones_are_not_resolved_again(self):
        exception = self.unknown().orion_exception_ids
        exception.resolve(product_id=self.answer.id)
        with self.assertRaisesRegex(UserError, "resolved already"):
            exception.action_resolve()

    def test_overview_and_dashboard(self):
        before = self.exceptions.get_overview()
        orders = self.unknown(3)
        orders[0].orion_exception_ids.ignore(reason="Later")
        orders[1].orion_exception_ids.resolve(product_id=self.answer.id)
        figures = self.exceptions.with_user(self.clerk).get_overview()
        grown = {
            name: figures[name] - before[name]
            for name in ("pending", "ignored", "resolved", "products", "orders")
        }
        self.assertEqual(
            grown, {"pending": 1, "ignored": 1, "resolved": 1, "products": 1, "orders": 2}
        )
        self.assertTrue(figures["oldest"])
        self.assertTrue(figures["values"])
        cards = self.env["orion.dashboard"].with_user(self.clerk)._dashboard_data(self.channel)
        (figure,) = [
            one for one in cards[self.channel.id]["figures"] if one["name"] == "exceptions"
        ]
        self.assertEqual(figure["value"], 1)
        self.assertEqual(self.channel.exception_count, 1)
        shown = self.exceptions.get_overview(figure["domain"])
        self.assertEqual((shown["products"], shown["orders"]), (1, 2))

    def test_figures_count_products_alike(self):
        self.unknown(3)
        self.unknown(2, "named", gtin="", sku="", name="Tea cosy")
        self.unknown(2, "nameless", gtin="", sku="", name="")
        domain = [("channel_id", "=", self.channel.id)]
        figures = self.exceptions.get_overview(domain)
        self.assertEqual((figures["pending"], figures["products"]), (7, 4))
        self.assertEqual(self.channel.exception_count, 4)
        cards = self.env["orion.dashboard"]._dashboard_data(self.channel)[self.channel.id]
        [figure] = [one for one in cards["figures"] if one["name"] == "exceptions"]
        self.assertEqual(figure["value"], 4)
        action = self.exceptions.action_resolve_pending(domain)
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).product_count, 4)

    def test_only_what_the_screen_is_about(self):
        orders = self.unknown(3)
        domain = [("order_id", "in", orders[:2].ids)]
        action = self.exceptions.action_resolve_pending(domain)
        bulk = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((bulk.line_count, len(bulk.group_ids)), (2, 1))

    def test_board_shows_each_status_in_order(self):
        self.unknown()
        groups = self.exceptions.with_context(read_group_expand=True).web_read_group(
            [("status", "=", "pending")], ["status"]
        )["groups"]
        self.assertEqual([group["status"] for group in groups], ["pending", "ignored", "resolved"])

    def test_others_see_none_of_it(self):
        with self.assertRaises(AccessError):
            self.exceptions.with_user(self.seller).get_overview()


class TestProductsOfTheParentCompany(ExceptionsCase):
    def test_can_be_chosen(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.answer.company_id = self.company
        for model in ("orion.exception.resolve", "orion.exception.bulk"):
            arch = fromstring(self.env[model].get_view(view_type="form")["arch"])
            domain = arch.xpath("//field[@name='product_id']/@domain")[0]
            found = self.answer.search(safe_eval(domain, {"company_id": branch.id}))
            self.assertIn(self.answer, found)
            self.assertNotIn(self.company.orion_placeholder_product_id, found)
