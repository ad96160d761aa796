"""What the tests of fulfilment share: payments, invoices and credit notes."""

from odoo.tests import Form

from .common import KeysCase


class FulfilCase(KeysCase):
    def fulfil(self, orders, user=None):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            result = orders.with_user(user or self.manager).orion_fulfill_digital()
        self.env.invalidate_all()
        return result

    def pay(self, sale, amount, reference="first"):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test"}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "amount": amount,
                "currency_id": sale.currency_id.id,
                "partner_id": sale.partner_id.id,
                "reference": f"{sale.name}-{reference}",
                "sale_order_ids": [(6, 0, sale.ids)],
            }
        )

    def pay_invoice(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def credit(self, invoice, quantity, price=None):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [(6, 0, invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        with Form(note) as form, form.invoice_line_ids.edit(0) as row:
            row.quantity = quantity
            if price is not None:
                row.price_unit = price
        note.action_post()
