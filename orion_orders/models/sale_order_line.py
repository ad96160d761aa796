from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.json_field import ReadableJson

MATCH_PROBLEMS = [
    ("product_not_found", "Product not found"),
    ("gtin_mismatch", "GTIN does not fit"),
    ("duplicate_gtin", "Several products have this GTIN"),
]

#: What another product on a sold line leaves as it is, on the line and on its order.
SOLD_VALUES = (
    "name",
    "price_unit",
    "technical_price_unit",
    "discount",
    "tax_ids",
    "price_subtotal",
    "price_tax",
    "price_total",
)
SOLD_TOTALS = ("amount_untaxed", "amount_tax", "amount_total")

#: What changes how much of a product is sold without a delivery.
DEMAND_FIELDS = frozenset(
    {"product_id", "product_uom_qty", "product_uom_id", "order_id", "orion_needs_product_match"}
)

#: What a person cannot change on an order that waits for its decision.
SOLD_FIELDS = frozenset(
    {
        "price_unit",
        "technical_price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
        "product_uom_qty",
        "order_id",
    }
)


class SaleOrderLine(models.Model):
    """What was sold, as the marketplace told it."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "orion.protected.mixin"]

    # === FIELDS === #

    orion_line_external_id = fields.Char(
        string="Marketplace Line ID", copy=False, readonly=True, help="Unique within the order."
    )
    orion_is_sold = fields.Boolean(
        string="As Sold",
        copy=False,
        readonly=True,
        help="Name, price, discount and taxes are those of the sale; Odoo recomputes none.",
    )
    orion_price_unit = fields.Float(
        string="Sold Price",
        digits=(16, 6),
        copy=False,
        readonly=True,
        help="Gross price of one piece as sold, in the order's currency.",
    )
    orion_sold_quantity = fields.Float(
        string="Sold Quantity",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="Pieces the customer ordered; refused ones are no part of the line's quantity.",
    )
    orion_counted_quantity = fields.Float(
        string="Counted Quantity",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="Pieces that counted by the marketplace's last word. The line's quantity follows it "
        "when it changes, and is left to people otherwise.",
    )
    orion_product_name = fields.Char(string="Sold As", copy=False, readonly=True)
    orion_product_sku = fields.Char(string="Sold SKU", copy=False, readonly=True)
    orion_product_gtin = fields.Char(
        string="Sold GTIN", copy=False, readonly=True, help="As the marketplace gave it."
    )
    orion_said_later = ReadableJson(
        string="Said Later",
        copy=False,
        readonly=True,
        help="What the marketplace has changed since, and the line has not followed: name, gtin, "
        "sku, price, quantity as text. Its people were told.",
    )
    orion_product_image_url = fields.Char(string="Sold Image", copy=False, readonly=True)
    orion_needs_product_match = fields.Boolean(
        string="Needs a Product",
        copy=False,
        readonly=True,
        help="Nothing in the catalogue fits: the order cannot be confirmed before a person has "
        "chosen the product.",
    )
    orion_match_problem = fields.Selection(MATCH_PROBLEMS, string="Why", copy=False, readonly=True)
    orion_is_digital = fields.Boolean(string="Digital", copy=False, readonly=True)
    orion_shipped_quantity = fields.Float(
        string="Shipped", digits="Product Unit", copy=False, readonly=True
    )

    _orion_match_index = models.Index("(order_id) WHERE orion_needs_product_match")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._orion_check_protected(*vals_list)
        lines = super(SaleOrderLine, self._orion_without_defaults()).create(vals_list)
        self.env["orion.demand"]._note_lines(lines)
        return lines

    def write(self, vals):
        self._orion_check_protected(vals)
        if SOLD_FIELDS & vals.keys():
            self._orion_check_sold()
        changing = self if DEMAND_FIELDS & vals.keys() else self.browse()
        demand = self.env["orion.demand"]
        demand._note_lines(changing)
        if vals.get("product_id") and "orion_needs_product_match" not in vals:
            result = self._orion_write_chosen(vals)
        else:
            result = super().write(vals)
        demand._note_lines(changing)
        return result

    @api.ondelete(at_uninstall=False)
    def _orion_keep_sold_lines(self):
        self._orion_check_sold()

    def _orion_check_sold(self):
        """What the customer bought stays as it is until the marketplace knows the decision: a
        line that is gone would be accepted there and not delivered here."""
        if self.env.su:
            return
        for line in self:
            if line.orion_is_sold and line.order_id.orion_decision == "undecided":
                raise UserError(
                    self.env._(
                        "%(line)s was sold on %(channel)s, at this price and in this quantity. "
                        "Refuse what you cannot deliver; correct the price once the order is "
                        "confirmed.",
                        line=line.orion_product_name or line.name,
                        channel=line.order_id.sudo().orion_channel_id.name,
                    )
                )

    @api.model
    def _orion_protected_fields(self):
        return super()._orion_protected_fields() | self._orion_readonly_fields("orion_")

    @api.model
    def _orion_instead(self):
        return self.env._("Choose the line's product, or use the buttons of the order.")

    # === BUSINESS === #

    def _orion_goods(self):
        """Lines whose product is shipped."""
        return self.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.type == "consu"
                and not line.orion_is_digital
            )
        )

    def _orion_set_product(self, product, unit=None):
        """Put the right product on lines that waited for it; what was sold stays.

        :param unit: `uom.uom` in which a piece is sold; the product's own by default
        :raise UserError: when an order does not allow it any more
        """
        for order in self.order_id:
            if order.state == "cancel" or order.orion_is_history:
                raise UserError(
                    self.env._(
                        "%(order)s is cancelled or of the past; its products stay as they are.",
                        order=order.name,
                    )
                )
        self._orion_write_product(product, unit, needs_match=False)

    def _orion_forget_product(self, problem):
        """Let lines wait for their product again; what was sold stays.

        :param problem: a value of `orion_match_problem`
        """
        for company, lines in self.grouped("company_id").items():
            lines._orion_write_product(company._orion_placeholder(), None, True, problem)

    def _orion_write_product(self, product, unit, needs_match, problem=False):
        """The product changes nothing of the money, so Odoo need not compute it again."""
        sold = self.filtered("orion_is_sold")
        kept = [
            ([self._fields[name] for name in SOLD_VALUES], sold),
            ([self.env["sale.order"]._fields[name] for name in SOLD_TOTALS], sold.order_id),
        ]
        with self.env.protecting(kept):
            self.sudo().write(
                {
                    "product_id": product.id,
                    "product_uom_id": (unit or product.sudo().uom_id).id,
                    "orion_needs_product_match": needs_match,
                    "orion_match_problem": problem,
                }
            )

    # === HOOKS === #

    def _orion_chosen_by_hand(self):
        """A person has put a product on these sold lines, or taken it off again."""

    # === PRIVATE === #

    def _orion_write_chosen(self, vals):
        """A product that a person chooses on a sold line settles its match; the placeholder
        makes the line wait again."""
        sold = self.filtered(lambda line: line.orion_is_sold or line.orion_needs_product_match)
        placeholders = sold.company_id.sudo().orion_placeholder_product_id
        waits = vals["product_id"] in placeholders.ids
        match = {
            "orion_needs_product_match": waits,
            "orion_match_problem": waits and "product_not_found",
        }
        changing = sold.filtered(lambda line: line.orion_needs_product_match != waits)
        if self - changing:
            super(SaleOrderLine, self - changing).write(vals)
        if changing:
            super(SaleOrderLine, changing).write({**vals, **match})
        if sold:
            sold._orion_chosen_by_hand()
        return True

    def _orion_read_values(self):
        """The documents' order item."""
        self.ensure_one()
        return {
            "id": self.id,
            "product_id": self.product_id.id,
            "product_name": self.orion_product_name or self.name or False,
            "product_sku": self.orion_product_sku or self.product_id.default_code or False,
            "product_gtin": self.orion_product_gtin or self.product_id.barcode or False,
            "product_image_url": self.orion_product_image_url or False,
            "quantity": self.product_uom_qty,
            "shipped_quantity": self.orion_shipped_quantity,
            "unit_price": round(self.orion_price_unit or self.price_reduce_taxinc, 2),
            "subtotal": round(self.price_subtotal, 2),
            "tax_amount": round(self.price_tax, 2),
            "total": round(self.price_total, 2),
            "is_digital": self.orion_is_digital,
            "needs_product_match": self.orion_needs_product_match,
            "match_problem": self.orion_match_problem or False,
        }
