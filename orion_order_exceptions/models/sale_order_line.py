from odoo import fields, models

from odoo.addons.orion_base.lib.gtin import canonical_gtin

from .orion_order_exception import OPEN_STATUSES

#: What an exception keeps of its line, as the marketplace said it last.
SOLD_AS = frozenset(
    {"orion_product_name", "orion_product_gtin", "orion_product_sku", "orion_sold_quantity"}
)


class SaleOrderLine(models.Model):
    """Lines and their exceptions."""

    _inherit = "sale.order.line"

    orion_exception_ids = fields.One2many(
        "orion.order.exception",
        "order_line_id",
        string="Exception",
        groups="orion_base.group_orion_user",
        help="At most one.",
    )

    orion_learned = fields.Boolean(
        string="Matched as Learned",
        copy=False,
        readonly=True,
        help="The product was found by what people had said of another line.",
    )

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if "product_uom_qty" in vals:
            self.filtered("orion_needs_product_match")._orion_sync_exceptions()
        if SOLD_AS & vals.keys():
            self.sudo().orion_exception_ids._follow_lines()
        return result

    def unlink(self):
        orders = self.filtered("orion_needs_product_match").order_id
        result = super().unlink()
        orders.exists()._orion_release_if_known()
        return result

    # === HOOKS === #

    def _orion_chosen_by_hand(self):
        super()._orion_chosen_by_hand()
        exceptions = self.env["orion.order.exception"].sudo()
        known = exceptions.search([("order_line_id", "in", self.ids)])
        settled = known.filtered(lambda e: not e.order_line_id.orion_needs_product_match)
        changed = settled.filtered(lambda e: e.resolved_product_id != e.order_line_id.product_id)
        reason = self.env._("Chosen on the order's line.")
        changed._write_resolution(
            {exception: exception.order_line_id.product_id for exception in changed},
            reason,
            "manual",
        )
        released = changed.order_id._orion_release_if_known()
        changed._log_resolved(reason, "manual", released)
        (self - settled.order_line_id)._orion_sync_exceptions()

    def _orion_read_values(self):
        """How it stands with the product, too."""
        values = super()._orion_read_values()
        exception = self.sudo().orion_exception_ids
        values["exception_id"] = exception.id
        values["exception_status"] = exception.status or False
        return values

    # === BUSINESS === #

    def _orion_sync_exceptions(self):
        """Have an open exception where a line waits for its product, and none where it waits
        no more: its pieces are refused, or the order is cancelled."""
        if not self:
            return
        waiting = self.filtered("orion_needs_product_match")._orion_that_wait()
        exceptions = self.env["orion.order.exception"].sudo()
        known = exceptions.search([("order_line_id", "in", self.ids)])
        exceptions._create_for(waiting - known.order_line_id)
        again = known.filtered(lambda e: e.status == "resolved" and e.order_line_id in waiting)
        if again:
            again._wait_again()
            again._log_reopened()
        over = known.filtered(
            lambda e: e.status in OPEN_STATUSES and e.order_line_id not in waiting
        )
        if over:
            over._end_without_product()

    def _orion_learnable(self):
        """`{(company, kind, value, product)}` by which the line may have been matched."""
        self.ensure_one()
        values = (
            ("gtin", canonical_gtin(self.orion_product_gtin)),
            ("sku", (self.orion_product_sku or "").strip()),
        )
        return {(self.company_id, kind, value, self.product_id) for kind, value in values if value}

    def _orion_that_wait(self):
        return self.filtered(
            lambda line: (
                line.product_uom_qty
                and line.state != "cancel"
                and not line.order_id.orion_is_history
            )
        )
