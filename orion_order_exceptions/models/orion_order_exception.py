from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_orders.models.sale_order_line import MATCH_PROBLEMS

#: What may be written without the methods: nothing the guards or the history rest on.
FREE_FIELDS = frozenset({"resolution_notes"})

#: These block the confirmation of their order.
OPEN_STATUSES = ("pending", "ignored")


class OrionOrderException(models.Model):
    """An order line whose product is not known: a task for a person, or for what is learned.

    The line's `orion_needs_product_match` is what blocks the order; the exception says why,
    what was sold, and how it ended. One per line; it is resolved, never deleted.
    """

    _name = "orion.order.exception"
    _description = "Order Exception"
    _order = "id desc"
    _rec_names_search = ["original_product_name", "original_gtin", "original_sku", "order_id"]

    order_line_id = fields.Many2one(
        "sale.order.line", required=True, readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="order_line_id.order_id", store=True, index=True)
    channel_id = fields.Many2one(
        related="order_line_id.order_id.orion_channel_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="order_line_id.order_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="order_line_id.order_id.currency_id", store=True)
    exception_type = fields.Selection(MATCH_PROBLEMS, required=True, readonly=True)
    status = fields.Selection(
        [("pending", "Pending"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        readonly=True,
        default="pending",
        index=True,
        help="Pending and ignored ones block the confirmation of their order.",
    )
    pending_since = fields.Datetime(
        readonly=True, default=fields.Datetime.now, help="Since when somebody has to act."
    )
    original_gtin = fields.Char(
        string="Sold GTIN", readonly=True, help="As the marketplace gave it."
    )
    original_sku = fields.Char(
        string="Sold SKU", readonly=True, index="btree_not_null", help="Without blanks around it."
    )
    original_product_name = fields.Char(string="Sold As", readonly=True)
    canonical_gtin = fields.Char(
        string="GTIN",
        readonly=True,
        index="btree_not_null",
        help="The sold GTIN in 14 digits; empty when it is none.",
    )
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="Pieces the customer ordered."
    )
    amount_total = fields.Monetary(
        string="Value",
        compute="_compute_amount_total",
        store=True,
        help="What the line costs, taxes included, without the pieces that were refused.",
    )
    resolved_product_id = fields.Many2one(
        "product.product",
        string="Product",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    resolved_by = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who resolved or ignored it; the system for automatic ones.",
    )
    resolved_at = fields.Datetime(readonly=True, help="When it was resolved or ignored.")
    resolution_notes = fields.Text(string="Notes", help="Why it was resolved or ignored so.")
    resolution_source = fields.Selection(
        [
            ("manual", "By a person"),
            ("bulk", "In bulk"),
            ("alias", "By a learned GTIN or SKU"),
            ("automatic", "Automatically"),
            ("refused", "Refused"),
            ("marketplace", "By the marketplace"),
        ],
        string="How",
        readonly=True,
        help="Refused: the pieces are refused, so nobody has to know the product.",
    )
    undone_product_ids = fields.Many2many(
        "product.product",
        "orion_order_exception_undone_rel",
        "exception_id",
        "product_id",
        string="Undone Products",
        readonly=True,
        copy=False,
        help="Somebody has taken them off this line, so it is not matched with them again by "
        "itself.",
    )
    reminded_at = fields.Datetime(
        readonly=True, copy=False, help="When the responsible was reminded."
    )

    _order_line_unique = models.Constraint(
        "UNIQUE (order_line_id)", "This order line has an exception already."
    )
    _pending_index = models.Index("(channel_id, id) WHERE status = 'pending'")

    # === COMPUTE === #

    @api.depends("order_line_id.price_total")
    def _compute_amount_total(self):
        for exception in self:
            exception.amount_total = exception.order_line_id.price_total

    @api.depends("order_id", "original_product_name")
    def _compute_display_name(self):
        for exception in self:
            sold = exception.original_product_name or exception.original_gtin or ""
            exception.display_name = f"{exception.order_id.name}: {sold}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)
        return super().write(vals)

    def _check_protected(self, *vals_list):
        """Only the suite's own code, which runs in sudo, writes what guards rest on."""
        if self.env.su:
            return
        for vals in vals_list:
            touched = sorted(vals.keys() - FREE_FIELDS)
            if touched:
                raise UserError(
                    self.env._(
                        "%(fields)s cannot be written directly. Use Resolve, Ignore and Reopen, "
                        "or the methods resolve, ignore and bulk_resolve.",
                        fields=", ".join(touched),
                    )
                )

    # === BUSINESS === #

    @api.model
    def _pending_domain(self):
        """Exceptions that wait for somebody."""
        return [("status", "=", "pending")]

    @api.model
    def _create_for(self, lines):
        """Exceptions of lines that have none yet.

        :param lines: `sale.order.line` with `orion_needs_product_match`
        :return: the new exceptions
        """
        for channel in lines.order_id.sudo().orion_channel_id:
            # there beforehand, so that no user's transaction has to make it
            channel._job_schedule("exception_match")
        return self.sudo().create([self._prepare_values(line) for line in lines])

    def _follow_lines(self):
        """The marketplace has corrected what was sold: keep it as it says it now."""
        for exception in self:
            exception.sudo().write(exception._prepare_sold_values(exception.order_line_id))

    @api.model
    def _prepare_values(self, line):
        """Values of the exception of one line; what was sold is kept as it was."""
        return {
            "order_line_id": line.id,
            "exception_type": line.orion_match_problem or "product_not_found",
            **self._prepare_sold_values(line),
        }

    @api.model
    def _prepare_sold_values(self, line):
        return {
            "original_gtin": line.orion_product_gtin,
            "original_sku": (line.orion_product_sku or "").strip() or False,
            "original_product_name": line.orion_product_name or line.name,
            "canonical_gtin": canonical_gtin(line.orion_product_gtin or None) or False,
            "quantity": line.orion_sold_quantity or line.product_uom_qty,
        }
