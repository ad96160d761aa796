from odoo.tests import Form, tagged

from .fulfil_common import FulfilCase


@tagged("post_install", "-at_install")
class TestStartFormerOrders(FulfilCase):
    """A product that was sold as a service becomes digital."""

    def setUp(self):
        super().setUp()
        self.voucher = self.create_game("Voucher", orion_is_digital=False)
        self.template = self.voucher.product_tmpl_id
        self.add_keys(5, self.voucher)
        self.manager.group_ids += self.env.ref("product.group_product_manager")
        self.jobs = self.env["orion.sync.log"].search([]).ids

    def requested(self):
        return self.env["orion.sync.log"].search(
            [("operation_type", "=", "key_start"), ("id", "not in", self.jobs)]
        )

    def test_paid_orders_get_their_keys_by_a_worker(self):
        paid, unpaid = self.sell(2, self.voucher), self.sell(1, self.voucher, paid=False)
        self.template.orion_is_digital = True
        self.assertFalse(paid.orion_piece_ids, "not in the transaction of who ticked it")
        self.assertEqual(len(self.requested()), 1)
        self.work()
        self.assertEqual(self.states(paid), ["delivered"] * 2)
        self.assertFalse(unpaid.orion_piece_ids)
        self.assertTrue(unpaid.order_line.orion_is_digital)
        self.assertEqual(self.requested().counts, {"orders_started": 1})
        self.pay(unpaid, unpaid.amount_total)._set_done()
        self.work()
        self.assertEqual(self.states(unpaid), ["delivered"])

    def test_what_was_served_is_left(self):
        served, by_hand, part, cancelled, draft = (self.sell(1, self.voucher) for _ in range(5))
        served.order_line.qty_delivered = 1
        # an order without goods that somebody has served, and marked as shipped
        by_hand.sudo().orion_status = "shipped"
        part.order_line.sudo().orion_shipped_quantity = 1
        cancelled._action_cancel()
        draft.sudo().state = "draft"
        self.template.orion_is_digital = True
        self.assertFalse(self.requested())
        self.work()
        self.assertFalse((served | by_hand | part | cancelled | draft).orion_piece_ids)

    def test_the_form_says_how_many(self):
        for quantity in (1, 2):
            self.sell(quantity, self.voucher)
        self.sell(1, self.voucher, paid=False)
        said = "nothing of it yet: 2. .* their keys: 3"
        for product in (self.template, self.voucher):
            with Form(product.with_user(self.manager)) as form:
                self.assertFalse(form.orion_open_orders_text)
                form.orion_is_digital = True
                self.assertRegex(form.orion_open_orders_text, said)
                form.orion_is_digital = False
                self.assertFalse(form.orion_open_orders_text)

    def test_a_new_products_form_says_nothing(self):
        for model in ("product.template", "product.product"):
            form = Form(self.env[model].with_user(self.manager))
            self.assertFalse(form.orion_open_orders_text)
            form.orion_is_digital = True
            self.assertFalse(form.orion_open_orders_text)

    def test_orders_of_other_companies_are_not_counted(self):
        self.sell(1, self.voucher)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.template.with_context(allowed_company_ids=other.ids)
        self.assertFalse(stranger._orion_open_orders_sentence())

    def test_the_job_without_products_does_nothing(self):
        sale = self.sell(1, self.voucher)
        self.storefront._request_job("key_start")
        self.work()
        self.assertEqual(self.requested().status, "success")
        self.assertFalse(sale.orion_piece_ids)

    def test_they_can_be_left_as_they_are(self):
        sale = self.sell(1, self.voucher)
        for product in (self.voucher, self.template):
            self.template.orion_is_digital = False
            with Form(product.with_user(self.manager)) as form:
                form.orion_is_digital = True
                form.orion_leave_open_orders = True
            self.assertTrue(self.template.orion_is_digital)
            self.assertFalse(self.requested())
        self.assertEqual(self.fulfil(sale)["fulfilled"], 1)

    def test_ticked_again_changes_nothing(self):
        self.sell(1, self.voucher)
        self.template.orion_is_digital = True
        self.template.orion_is_digital = True
        self.assertEqual(len(self.requested()), 1)

    def test_each_company_has_its_own_job(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.template.company_id = False
        sale = self.sell(1, self.voucher)
        elsewhere = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [(0, 0, {"product_id": self.voucher.id, "price_unit": 0.0})],
                }
            )
        )
        elsewhere.action_confirm()
        self.template.orion_is_digital = True
        self.assertEqual(self.requested().channel_id.company_id, self.company | other)
        self.work()
        self.assertEqual((self.states(sale), len(elsewhere.orion_piece_ids)), (["delivered"], 1))

    def test_many_orders_cost_a_constant_number_of_queries(self):
        counts = []
        for number in (10, 50):
            self.template.orion_is_digital = False
            for _ in range(number):
                self.sell(1, self.voucher)
            self.template.write({"orion_is_digital": True, "orion_leave_open_orders": True})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            _last, lines, orders = self.storefront._start_lines(self.template.ids, 0)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual((lines, orders), (number, number))
        self.assertLess(counts[1], counts[0] + 10)
