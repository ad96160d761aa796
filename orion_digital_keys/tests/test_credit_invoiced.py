from odoo.tests import Form, tagged

from .fulfil_common import FulfilCase


@tagged("post_install", "-at_install")
class TestCreditInvoiced(FulfilCase):
    """What credit notes take back is counted by what was invoiced, not by the order's price."""

    def invoice(self, sale, price, quantity=None):
        invoice = sale._create_invoices()
        with Form(invoice) as form, form.invoice_line_ids.edit(0) as row:
            row.price_unit = price
            if quantity is not None:
                row.quantity = quantity
        invoice.action_post()
        self.pay_invoice(invoice)
        return invoice

    def test_a_cheaper_invoice_that_is_credited_takes_all_keys_back(self):
        self.add_keys(1)
        sale = self.sell(2, paid=False)
        invoice = self.invoice(sale, price=16.0)
        self.work()
        self.assertEqual(sorted(self.states(sale)), ["delivered", "waiting"])
        self.credit(invoice, 2)
        self.assertEqual(self.states(sale), ["refunded"] * 2)

    def test_a_rebate_on_a_dearer_invoice_takes_none_back(self):
        self.add_keys(2)
        sale = self.sell(2, paid=False)
        invoice = self.invoice(sale, price=40.0)
        self.work()
        # as much as the order says that one piece costs
        self.credit(invoice, 2, price=10.0)
        self.assertEqual(self.states(sale), ["delivered"] * 2)

    def test_each_credit_note_is_worth_what_its_own_invoice_says(self):
        self.add_keys(2)
        sale = self.sell(2, paid=False)
        cheap = self.invoice(sale, price=8.0, quantity=1)
        dear = self.invoice(sale, price=32.0)
        self.work()
        self.assertEqual(self.states(sale), ["delivered"] * 2)
        self.credit(cheap, 1)
        self.assertEqual(sorted(self.states(sale)), ["delivered", "refunded"])
        self.credit(dear, 1)
        self.assertEqual(self.states(sale), ["refunded"] * 2)
