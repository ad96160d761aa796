from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class OrionUnknownProduct(models.Model):
    """What marketplaces sell and nobody knows: the pending exceptions, one row a product."""

    _name = "orion.unknown.product"
    _description = "Unknown Product"
    _auto = False
    _order = "order_count desc, id desc"

    name = fields.Char(string="Sold As", readonly=True, help="As it was sold last.")
    number = fields.Char(string="GTIN or SKU", readonly=True)
    product_key = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    quantity = fields.Float(string="Pieces", digits="Product Unit", readonly=True)
    pending_since = fields.Datetime(string="Waiting Since", readonly=True)

    _depends = {
        "orion.order.exception": [
            "status",
            "company_id",
            "order_id",
            "product_key",
            "original_product_name",
            "original_gtin",
            "original_sku",
            "pending_since",
        ],
        "sale.order.line": ["product_uom_qty"],
    }

    @property
    def _table_query(self):
        return SQL(
            "SELECT max(exception.id) AS id, exception.company_id, exception.product_key,"
            " (array_agg(exception.original_product_name ORDER BY exception.id DESC))[1] AS name,"
            " (array_agg(COALESCE(exception.original_gtin, exception.original_sku)"
            " ORDER BY exception.id DESC))[1] AS number,"
            " count(DISTINCT exception.order_id) AS order_count,"
            " sum(line.product_uom_qty) AS quantity,"
            " min(exception.pending_since) AS pending_since"
            " FROM orion_order_exception exception"
            " JOIN sale_order_line line ON line.id = exception.order_line_id"
            " WHERE exception.status = 'pending'"
            " GROUP BY exception.company_id, exception.product_key"
        )

    # === ACTIONS === #

    def action_resolve(self):
        """The dialog for one that waits once, else the bulk screen with these products only."""
        return self._exceptions().action_resolve()

    def action_open_exceptions(self):
        """The order lines that wait for these products."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_order_exceptions.action_orion_order_exception"
        )
        return {**action, "domain": [("id", "in", self._exceptions().ids)]}

    # === PRIVATE === #

    @api.model
    def _count_by(self, field, domain):
        """How many unknown products wait, by a field of their exceptions.

        :param domain: of `orion.order.exception`
        :return: `{value of the field: count}`
        """
        exceptions = self.env["orion.order.exception"]
        groups = exceptions._read_group(
            Domain(domain) & Domain(exceptions._pending_domain()),
            [field],
            ["product_key:count_distinct"],
        )
        return dict(groups)

    def _exceptions(self):
        exceptions = self.env["orion.order.exception"]
        wanted = {(product.company_id, product.product_key) for product in self}
        found = exceptions.search(
            [
                *exceptions._pending_domain(),
                ("company_id", "in", self.company_id.ids),
                ("product_key", "in", self.mapped("product_key")),
            ]
        )
        return found.filtered(lambda one: (one.company_id, one.product_key) in wanted)
