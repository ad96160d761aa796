from datetime import timedelta

from odoo import fields, models

#: Waits before an invoice is asked for (again), in seconds; behind the last one it is given up.
BILL_SECONDS = (0, 60, 600, 3600, 6 * 3600, 24 * 3600, 24 * 3600, 24 * 3600)


class OrionKeyPurchase(models.Model):
    """The supplier's invoice of a purchase: a vendor bill in draft, with the PDF."""

    _inherit = "orion.key.purchase"

    bill_at = fields.Datetime(
        readonly=True, copy=False, help="When the supplier is asked for its invoice next."
    )
    bill_attempts = fields.Integer(readonly=True, copy=False)
    invoice_number = fields.Char(string="Supplier's Invoice", readonly=True, copy=False)

    _bill_index = models.Index("(channel_id, bill_at) WHERE bill_at IS NOT NULL")

    def _orion_purchase_complete(self):
        result = super()._orion_purchase_complete()
        self._ask_for_bill_later()
        return result

    # === BUSINESS === #

    def _ask_for_bill_later(self):
        for purchase in self:
            attempts = purchase.bill_attempts
            purchase.bill_at = (
                fields.Datetime.now() + timedelta(seconds=BILL_SECONDS[attempts])
                if attempts < len(BILL_SECONDS)
                else False
            )
            purchase.bill_attempts = attempts + 1

    def _take_bill(self, invoice):
        """Draft the bill.

        :param invoice: `lib.keys_adapter.InvoiceData`
        """
        self.ensure_one()
        if self.invoice_number:
            return
        self.write({"invoice_number": invoice.number, "bill_at": False})
        journal = self._bill_journal()
        if journal:
            bill = self.env["account.move"].create(self._prepare_bill(journal, invoice))
            self.invoice_id = bill
            self._attach_bill(bill, invoice)
        else:
            self.message_post(
                body=self.env._(
                    "The company has no purchase journal with accounts: no bill was drafted. The "
                    "supplier's invoice is attached here."
                ),
                attachments=[(_file_name(invoice), invoice.pdf)],
            )

    def _bill_journal(self):
        """Where bills are drafted; none in a company that does no accounting here."""
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "purchase"),
                ("default_account_id", "!=", False),
            ],
            limit=1,
        )
        vendor = self.channel_id._key_vendor().with_company(self.company_id)
        return journals if vendor.property_account_payable_id else journals.browse()

    def _prepare_bill(self, journal, invoice):
        """Values of the bill; its line costs what the supplier has taken, to the cent."""
        exact = self.currency_id.compare_amounts(self.unit_price * self.quantity, self.cost) == 0
        return {
            "move_type": "in_invoice",
            "company_id": self.company_id.id,
            "journal_id": journal.id,
            "partner_id": self.channel_id._key_vendor().id,
            "currency_id": self.currency_id.id,
            "ref": invoice.number,
            "invoice_origin": self.reference,
            "invoice_date": fields.Date.context_today(self, self.completed_at),
            "invoice_line_ids": [
                (
                    0,
                    0,
                    {
                        "product_id": self.product_id.id,
                        "name": f"{self.product_id.display_name} ({self.reference})",
                        "quantity": self.quantity if exact else 1,
                        "price_unit": self.unit_price if exact else self.cost,
                    },
                )
            ],
        }

    def _attach_bill(self, bill, invoice):
        bill.message_main_attachment_id = self.env["ir.attachment"].create(
            {
                "name": _file_name(invoice),
                "raw": invoice.pdf,
                "mimetype": "application/pdf",
                "res_model": bill._name,
                "res_id": bill.id,
            }
        )


def _file_name(invoice):
    return f"{invoice.number.replace('/', '-')}.pdf"
