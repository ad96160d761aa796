from odoo import api, fields, models

from ..models.orion_order_exception import MATCH_PROBLEMS


class OrionExceptionBulkGroup(models.TransientModel):
    """One unknown product: what was sold, and what shall be delivered."""

    _name = "orion.exception.bulk.group"
    _description = "Unknown Product"
    _order = "sequence, id"

    bulk_id = fields.Many2one("orion.exception.bulk", required=True, ondelete="cascade")
    state = fields.Selection(related="bulk_id.state")
    can_create_product = fields.Boolean(related="bulk_id.can_create_product")
    sequence = fields.Integer()
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    exception_type = fields.Selection(MATCH_PROBLEMS, string="Why", readonly=True)
    name = fields.Char(
        string="Sold As", help="Where the marketplace gave no name: that of the new product."
    )
    number = fields.Char(string="GTIN or SKU", readonly=True)
    image_url = fields.Char(string="Picture", readonly=True)
    exception_data = fields.Json(readonly=True, help="Ids of the exceptions.")
    order_count = fields.Integer(string="Orders", readonly=True)
    quantity = fields.Float(string="Pieces", digits="Product Unit", readonly=True)
    amount_total = fields.Monetary(string="Value", readonly=True)
    candidates = fields.Json(string="It May Be", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        string="Product to Deliver",
        ondelete="set null",
        help="Search by name, SKU or barcode. Empty: left as it is, or a new product.",
    )
    reason = fields.Char(string="Because", compute="_compute_reason")
    create_product = fields.Boolean(
        string="New", help="Make a product from what was sold, where none is chosen."
    )
    remember = fields.Boolean(
        help="The next order with this GTIN or SKU is matched by itself, and so are those that "
        "wait for it now."
    )
    other_count = fields.Integer(
        string="Not Selected",
        readonly=True,
        help="Order lines that wait for the same product and are not in this row. What is "
        "remembered resolves them, too.",
    )
    alias_kind = fields.Char(readonly=True, help="What can be remembered: gtin, sku or nothing.")
    is_nameless = fields.Boolean(readonly=True, help="The marketplace gave no name.")

    is_done = fields.Boolean(readonly=True)
    is_created = fields.Boolean(readonly=True, help="The product was made here.")
    is_undone = fields.Boolean(readonly=True)
    resolved_data = fields.Json(readonly=True, help="Ids of the exceptions that were resolved.")
    resolved_count = fields.Integer(string="Resolved", readonly=True)
    skipped_count = fields.Integer(string="Left as They Are", readonly=True)
    result = fields.Char(readonly=True)

    @api.depends("product_id", "candidates")
    def _compute_reason(self):
        for group in self:
            notes = {found["id"]: found["note"] for found in group.candidates or ()}
            product_id = group.product_id.id
            group.reason = product_id and (notes.get(product_id) or self.env._("Your choice"))

    def _is_chosen(self):
        """Apply does something about it."""
        self.ensure_one()
        return bool(self.product_id or self.create_product)

    def _lacks_name(self):
        """A new product is wanted, and nobody knows what it is called."""
        self.ensure_one()
        wants_new = self.create_product and not self.product_id
        return wants_new and self.is_nameless and not (self.name or "").strip()

    def _exceptions(self, ids):
        """Those of `ids` that the user may still see."""
        return self.env["orion.order.exception"].search([("id", "in", ids)])
