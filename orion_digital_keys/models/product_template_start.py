from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .orion_schedule import START_JOB

#: Statuses of orders that are over: whoever waits for something there was served, or never will.
ENDED = ("cancelled", "refunded", "fulfilled", "delivered")
#: Orders that are counted for the sentence on the form; where there are more, it says so.
MOST_COUNTED = 1000


class ProductTemplate(models.Model):
    """A product that becomes digital: what was sold of it before gets its keys."""

    _inherit = "product.template"

    orion_open_orders_text = fields.Char(
        string="Orders That Get Keys", compute="_compute_orion_open_orders_text"
    )
    orion_leave_open_orders = fields.Boolean(
        string="Leave These Orders as They Are",
        store=False,
        help="Tick it where their customers were served in another way. “Give Keys Now” on an "
        "order still serves it.",
    )

    @api.depends("orion_is_digital")
    @api.depends_context("lang")
    def _compute_orion_open_orders_text(self):
        for product in self:
            known = product._origin
            becomes = bool(known) and product.orion_is_digital and not known.orion_is_digital
            product.orion_open_orders_text = becomes and known._orion_open_orders_sentence()

    # === CRUD === #

    def write(self, vals):
        """What becomes digital is given to those who have paid for it, by a worker.

        :param vals: with `orion_leave_open_orders` true they are left as they are
        """
        fresh = self.browse()
        if vals.get("orion_is_digital") and not vals.get("orion_leave_open_orders"):
            fresh = self.filtered(lambda product: not product.orion_is_digital)
        result = super().write(vals)
        if fresh:
            fresh._orion_request_start()
        return result

    # === BUSINESS === #

    def _orion_request_start(self):
        """Have the workers serve the orders, once this transaction is committed: one job a company
        that has such orders."""
        lines = self.env["sale.order.line"].sudo()
        for (company,) in lines._read_group(self._orion_open_lines_domain(), ["company_id"]):
            company._orion_storefront()._request_job(START_JOB, {"template_ids": self.ids})

    def _orion_open_lines_domain(self):
        """Domain of sold lines of these products of which nothing was given yet: no piece, nothing
        in a delivery, and less delivered or noted as shipped than sold. An order without goods that
        was marked as shipped was served by hand."""
        served = Domain("order_id.orion_status", "=", "shipped") & Domain(
            "order_id.orion_requires_shipping", "=", False
        )
        return (
            Domain(
                [
                    ("product_id.product_tmpl_id", "in", self.ids),
                    ("order_id.state", "=", "sale"),
                    ("order_id.orion_is_history", "=", False),
                    ("order_id.orion_status", "not in", ENDED),
                    ("orion_piece_ids", "=", False),
                    ("move_ids", "not any", [("state", "!=", "cancel")]),
                ]
            )
            & ~served
            & Domain.custom(to_sql=_is_undelivered)
        )

    # === PRIVATE === #

    def _orion_open_orders_sentence(self):
        """What ticking “Digital Key” has done to orders of the past; False where it is nothing."""
        lines = self.env["sale.order.line"].sudo()
        # how much other companies sell is not everybody's to know
        own = Domain("company_id", "in", self.env.companies.ids)
        found = lines.search(self._orion_open_lines_domain() & own, limit=MOST_COUNTED)
        paid = found._orion_paid_lines()
        if not paid:
            return False
        values = {
            "orders": len(paid.order_id),
            "keys": sum(line._orion_digital_quantity() for line in paid),
        }
        if len(found) == MOST_COUNTED:
            return self.env._(
                "Orders that are confirmed and paid, and got nothing of it yet: %(orders)s, and "
                "more. Once you save, their customers are sent their keys: %(keys)s, and more.",
                **values,
            )
        return self.env._(
            "Orders that are confirmed and paid, and got nothing of it yet: %(orders)s. Once you "
            "save, their customers are sent their keys: %(keys)s.",
            **values,
        )


def _is_undelivered(model, alias, query):
    """SQL: less of a sold line was delivered, or has left, than sold."""
    return SQL(
        "GREATEST(%s, %s, 0) < %s",
        model._field_to_sql(alias, "qty_delivered", query),
        model._field_to_sql(alias, "orion_shipped_quantity", query),
        model._field_to_sql(alias, "product_uom_qty", query),
    )
