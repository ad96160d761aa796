from odoo import api, fields, models
from odoo.exceptions import UserError


class OrionExceptionResolve(models.TransientModel):
    """Asks which product it is, for one exception and those like it."""

    _name = "orion.exception.resolve"
    _description = "Resolve an Exception"

    exception_id = fields.Many2one("orion.order.exception", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="exception_id.company_id", store=True, precompute=True)
    order_id = fields.Many2one(related="exception_id.order_id")
    exception_type = fields.Selection(related="exception_id.exception_type")
    original_product_name = fields.Char(related="exception_id.original_product_name")
    original_gtin = fields.Char(related="exception_id.original_gtin")
    original_sku = fields.Char(related="exception_id.original_sku")
    quantity = fields.Float(related="exception_id.open_quantity")
    amount_total = fields.Monetary(related="exception_id.amount_total")
    currency_id = fields.Many2one(related="exception_id.currency_id")
    image_url = fields.Char(related="exception_id.image_url")
    candidates = fields.Json(related="exception_id.candidates")
    product_id = fields.Many2one(
        "product.product",
        string="Product to Deliver",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Search by name, SKU or barcode.",
    )
    same_count = fields.Integer(
        compute="_compute_same_count", help="Open exceptions of the same product."
    )
    same_kind = fields.Char(compute="_compute_same_count", help="gtin, sku or empty.")
    apply_to_all = fields.Boolean(string="Apply to All", default=True)
    remember = fields.Boolean(
        compute="_compute_remember",
        store=True,
        readonly=False,
        precompute=True,
        help="The next order with this GTIN or SKU is matched by itself, and so are those that "
        "wait for it now.",
    )
    can_create_product = fields.Boolean(compute="_compute_can_create_product")
    is_nameless = fields.Boolean(
        compute="_compute_is_nameless", help="The marketplace gave no name."
    )
    new_name = fields.Char(string="Name of a New Product", help="Where the marketplace gave none.")
    notes = fields.Text(help="Why it is this product; kept with the exception.")

    # === COMPUTE === #

    @api.depends("exception_id")
    def _compute_product_id(self):
        """What fits beyond doubt stands there already."""
        for wizard in self:
            proposed = [found for found in wizard.candidates or () if found["proposed"]]
            wizard.product_id = proposed[0]["id"] if proposed else False

    @api.depends("exception_id")
    def _compute_same_count(self):
        for wizard in self:
            exception = wizard.exception_id
            wizard.same_count = exception.search_count(exception._same_product_domain())
            wizard.same_kind = "".join(exception._alias_kinds())

    @api.depends("apply_to_all")
    def _compute_remember(self):
        """What is remembered resolves the others, too: not where only this one is meant."""
        for wizard in self:
            wizard.remember = wizard.apply_to_all

    def _compute_can_create_product(self):
        self.can_create_product = self.env["product.product"].has_access("create")

    @api.depends("exception_id")
    def _compute_is_nameless(self):
        for wizard in self:
            wizard.is_nameless = not wizard.exception_id._sold_name()

    # === ACTIONS === #

    def action_resolve(self):
        """Put the product on the line, and on those like it when that is wanted."""
        self.ensure_one()
        if not self.product_id:
            raise UserError(
                self.env._(
                    "Choose the product to deliver: one of the candidates, or search for it by "
                    "name, SKU or barcode."
                )
            )
        return self._resolve_with(self.product_id)

    def action_create_product(self):
        """Make a product from what was sold, and resolve with it."""
        self.ensure_one()
        self.exception_id._check_may_create_products()
        values = self.exception_id._prepare_product_values()
        if self.is_nameless:
            values["name"] = self._typed_name()
        taken = self.exception_id._claim_new_products().get(self.exception_id)
        if taken:
            return self._resolve_with(taken, self.exception_id._taken_sentence(taken))
        return self._resolve_with(self.env["product.product"].create(values))

    # === PRIVATE === #

    def _typed_name(self):
        name = (self.new_name or "").strip()
        if not name:
            raise UserError(
                self.env._(
                    "The marketplace gave no name. Type one for the new product, or choose one "
                    "that you have."
                )
            )
        return name

    def _resolve_with(self, product, remark=""):
        exceptions = self.exception_id
        if self.apply_to_all:
            exceptions = exceptions.search(exceptions._same_product_domain())
        result = exceptions._resolve_many(
            dict.fromkeys(exceptions, product),
            notes=self.notes or None,
            source="manual" if len(exceptions) == 1 else "bulk",
            remember=self.remember,
        )
        if not result.resolved and result.skipped:
            raise UserError(result.skipped[0][1])
        return self.env["sale.order"]._orion_notify_and_close(
            {
                "message": f"{remark} {self._result_text(result)}".strip(),
                "success": not result.skipped,
            }
        )

    def _result_text(self, result):
        """What came of it, in a sentence or two."""
        sentences = [
            self.env._(
                "Order lines resolved: %(lines)s. Orders that can be confirmed now: %(orders)s.",
                lines=len(result.resolved),
                orders=len(result.orders_released),
            )
        ]
        others = self.same_count - 1
        if result.aliases and not self.apply_to_all and others:
            sentences.append(
                self.env._(
                    "%(count)s more are resolved by themselves, because it is remembered.",
                    count=others,
                )
            )
        if result.skipped:
            sentences.append(self.env._("Left as they are: %(count)s.", count=len(result.skipped)))
            sentences += sorted({sentence for _exception, sentence in result.skipped})[:3]
        return " ".join(sentences)
