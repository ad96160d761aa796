from odoo import fields, models

#: Internal, on the storefront channel: gives keys to what was sold, and sends them.
FULFIL_JOB = "key_fulfilment"
#: On a supplier's channel: buys, and collects what was bought.
PURCHASE_JOB = "key_purchases"


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[(FULFIL_JOB, "Giving of keys"), (PURCHASE_JOB, "Purchases of keys")],
        ondelete={FULFIL_JOB: "cascade", PURCHASE_JOB: "cascade"},
    )
