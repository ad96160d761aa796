from odoo import api, fields, models

STATES = [
    ("draft", "Draft"),
    ("ordering", "Ordering"),
    ("waiting", "Waiting for Codes"),
    ("preorder", "Pre-ordered"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("unknown", "Outcome Unknown"),
    ("cancelled", "Cancelled"),
]


class OrionKeyPurchase(models.Model):
    """One intent to buy keys at a supplier: one call, under a reference of ours."""

    _name = "orion.key.purchase"
    _description = "Purchase of Digital Keys"
    _order = "id desc"
    _rec_name = "reference"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        help="Ours, unique; the supplier's history is searched for it.",
    )
    channel_id = fields.Many2one(
        "orion.channel",
        string="Supplier",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    offer_id = fields.Many2one("orion.key.offer", readonly=True, ondelete="set null")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    external_product_id = fields.Char(required=True, readonly=True)
    piece_ids = fields.One2many("orion.digital.piece", "purchase_id", readonly=True)
    quantity = fields.Integer(required=True, readonly=True)
    unit_price = fields.Monetary(
        required=True, readonly=True, help="Told to the supplier, who refuses another price."
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    allow_preorder = fields.Boolean(readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="draft")
    operation_id = fields.Many2one(
        "orion.operation", readonly=True, index="btree_not_null", ondelete="set null"
    )
    supplier_order_id = fields.Char(readonly=True, copy=False, index="btree_not_null")
    cost = fields.Monetary(
        readonly=True, help="Total of the order, as the supplier counts it.", copy=False
    )
    spent = fields.Monetary(
        compute="_compute_spent",
        store=True,
        help="What the keys that came, or are on their way, cost. An order that the supplier gave "
        "up costs what it had delivered of it.",
    )
    reason = fields.Char(readonly=True, help="Code of why it failed.")
    reason_text = fields.Text(readonly=True)
    check_at = fields.Datetime(readonly=True, help="When the supplier is asked for it next.")
    check_count = fields.Integer(readonly=True)
    completed_at = fields.Datetime(readonly=True)
    invoice_id = fields.Many2one(
        "account.move",
        string="Vendor Bill",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    batch_ids = fields.One2many("orion.key.batch", "purchase_id", readonly=True)

    _reference_unique = models.UniqueIndex("(reference)", "This reference was used already.")
    _check_index = models.Index("(channel_id, check_at) WHERE state IN ('waiting', 'preorder')")

    # === COMPUTE === #

    @api.depends("state", "cost", "quantity")
    def _compute_spent(self):
        """Keys come before an order is given up, so its state says when they are counted."""
        for purchase in self:
            share = 1.0
            if purchase.state in ("failed", "cancelled"):
                came = len(purchase.batch_ids.key_ids)
                share = min(came / purchase.quantity, 1.0) if purchase.quantity else 0.0
            purchase.spent = purchase.cost * share
