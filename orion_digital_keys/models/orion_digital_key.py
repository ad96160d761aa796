from odoo import api, fields, models

STATES = [
    ("available", "Available"),
    ("reserved", "Reserved"),
    ("delivered", "Delivered"),
    ("replaced", "Replaced"),
    ("refunded", "Refunded"),
    ("invalid", "Invalid"),
]

#: Keys that expired longer ago were told of before, also where a server stood still for a weekend.
EXPIRED_DAYS = 4


class OrionDigitalKey(models.Model):
    """A key, a code image or a link that can be given to one customer, once.

    What it is stands encrypted in `value`, which no RPC, export or view reads; only functions
    of `odoo.addons.orion_digital_keys.vault` open it.
    """

    _name = "orion.digital.key"
    _description = "Digital Key"
    _order = "id"
    _rec_name = "masked"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    batch_id = fields.Many2one(
        "orion.key.batch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    kind = fields.Selection(
        [("text", "Key"), ("image", "Code Image"), ("link", "Download Link")],
        required=True,
        readonly=True,
        default="text",
    )
    filename = fields.Char(
        readonly=True, help="Of a code image; not the one it came with, which may be the code."
    )
    value = fields.Text(
        readonly=True, copy=False, prefetch=False, exportable=False, groups=fields.NO_ACCESS
    )
    value_file = fields.Binary(
        attachment=True,
        readonly=True,
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="An image, encrypted.",
    )
    value_hash = fields.Char(
        required=True, readonly=True, copy=False, exportable=False, groups=fields.NO_ACCESS
    )
    likeness_hash = fields.Char(
        readonly=True,
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="The same for keys that differ by nothing but capitals, blanks and dashes.",
    )
    masked = fields.Char(
        string="Key", readonly=True, copy=False, help="At most the first four characters."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="available")
    expires_on = fields.Date(readonly=True)
    unit_cost = fields.Monetary(
        related="batch_id.unit_cost", currency_field="currency_id", string="Cost"
    )
    currency_id = fields.Many2one(related="batch_id.currency_id")
    piece_id = fields.Many2one(
        "orion.digital.piece",
        string="Given For",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The sold piece it was reserved for or given to; stays when it is replaced.",
    )
    order_id = fields.Many2one(related="piece_id.order_id")
    external_id = fields.Char(
        string="Supplier's Code ID", readonly=True, copy=False, index="btree_not_null"
    )
    reserved_at = fields.Datetime(readonly=True, copy=False)
    delivered_at = fields.Datetime(readonly=True, copy=False)
    reason = fields.Char(readonly=True, copy=False, help="Why it was replaced or locked.")
    reveal_ids = fields.One2many(
        "orion.key.reveal", "key_id", readonly=True, groups="orion_base.group_orion_manager"
    )

    _value_unique = models.UniqueIndex(
        "(product_id, value_hash)", "This key is in the pool of the product already."
    )
    _likeness_index = models.Index("(product_id, likeness_hash)")
    _piece_unique = models.UniqueIndex(
        "(piece_id) WHERE state IN ('reserved', 'delivered')",
        "Another key was given for this piece.",
    )
    _piece_index = models.Index("(piece_id) WHERE piece_id IS NOT NULL")
    _claim_index = models.Index(
        "(product_id, company_id, expires_on, id) WHERE state = 'available'"
    )
    _given_has_piece = models.Constraint(
        "CHECK (state NOT IN ('reserved', 'delivered') OR piece_id IS NOT NULL)",
        "A reserved or delivered key belongs to a sold piece.",
    )

    # === BUSINESS === #

    @api.model
    def _expired_lately(self, company):
        """Keys of the pool that could be given some days ago, and cannot be any more."""
        today = company._orion_today()
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "available"),
                ("expires_on", "<", today),
                ("expires_on", ">=", fields.Date.subtract(today, days=EXPIRED_DAYS)),
            ]
        )

    def _release(self):
        """Reserved keys that nobody has seen go back to the pool."""
        if not self:
            return
        self.sudo().write({"state": "available", "piece_id": False, "reserved_at": False})
        self._pools_changed()

    def _pools_changed(self):
        """The pools of these keys, of whatever company, have more or fewer of them."""
        for company, keys in self.sudo().grouped("company_id").items():
            keys.product_id.with_company(company)._orion_pool_changed()
