from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.rpc import MANAGER, check_caller

from .product_product import FITS_SOURCE

#: The days that tell how fast keys are sold.
SOLD_DAYS = 30


class OrionKeyPool(models.Model):
    """The keys of one digital product in one company, counted."""

    _name = "orion.key.pool"
    _description = "Pool of Keys"
    _auto = False
    _order = "is_low desc, waiting_count desc, product_id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    platform = fields.Char(readonly=True)
    key_source = fields.Selection(
        [
            ("pool", "Own Pool"),
            ("supplier", "Supplier"),
            ("pool_then_supplier", "Own Pool, Then Supplier"),
        ],
        string="Keys Come From",
        readonly=True,
    )
    free_count = fields.Integer(string="Free", readonly=True, help="Can be given today.")
    reserved_count = fields.Integer(string="Reserved", readonly=True)
    delivered_count = fields.Integer(string="Delivered", readonly=True)
    locked_count = fields.Integer(
        string="Locked", readonly=True, help="Replaced, refunded, invalid or expired."
    )
    waiting_count = fields.Integer(
        string="Waiting", readonly=True, help="Sold pieces that have no key yet."
    )
    sold_count = fields.Integer(
        string="Given in 30 Days", readonly=True, help="Keys given in the last thirty days."
    )
    days_of_stock = fields.Integer(
        string="Days of Stock",
        readonly=True,
        aggregator=None,
        help="How long the free keys last if they are sold as fast as in the last thirty days.",
    )
    next_expiry = fields.Date(
        readonly=True, aggregator="min", help="Of the free key that expires first."
    )
    threshold = fields.Integer(string="Low Below", readonly=True, aggregator=None)
    is_low = fields.Boolean(string="Low", readonly=True)

    _depends = {
        "orion.digital.key": ["product_id", "company_id", "state", "expires_on", "batch_id"],
        "orion.digital.piece": ["product_id", "company_id", "state", "claimed_at"],
        "product.product": ["active", "product_tmpl_id"],
        "product.template": [
            "company_id",
            "orion_is_digital",
            "orion_key_source",
            "orion_low_pool_threshold",
            "orion_platform",
        ],
        "res.company": ["active"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT counted.*,
                   CASE WHEN sold_count > 0
                        THEN floor(free_count * %(days)s::numeric / sold_count)::int
                   END AS days_of_stock,
                   key_source != 'supplier' AND free_count < threshold AS is_low
              FROM (
                SELECT p.id::bigint * 65536 + c.id AS id,
                       p.id AS product_id, c.id AS company_id,
                       t.orion_platform AS platform, t.orion_key_source AS key_source,
                       COALESCE(t.orion_low_pool_threshold, 0) AS threshold,
                       COALESCE(k.free, 0) AS free_count,
                       COALESCE(k.reserved, 0) AS reserved_count,
                       COALESCE(k.delivered, 0) AS delivered_count,
                       COALESCE(k.locked, 0) AS locked_count,
                       k.next_expiry,
                       COALESCE(d.waiting, 0) AS waiting_count,
                       COALESCE(d.sold, 0) AS sold_count
                  FROM product_product p
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.orion_is_digital
                  JOIN res_company c
                    ON c.active AND (t.company_id IS NULL OR t.company_id = c.id)
                  LEFT JOIN (%(keys)s) k ON k.product_id = p.id AND k.company_id = c.id
                  LEFT JOIN (%(pieces)s) d ON d.product_id = p.id AND d.company_id = c.id
                 WHERE p.active OR k.product_id IS NOT NULL
              ) AS counted
            """,
            days=SOLD_DAYS,
            keys=self._counted_keys(),
            pieces=self._counted_pieces(),
        )

    def _counted_keys(self):
        return SQL(
            """
            SELECT k.product_id, k.company_id,
                   count(*) FILTER (WHERE k.state = 'available' AND %(fits)s
                       AND (k.expires_on IS NULL OR k.expires_on >= %(today)s)) AS free,
                   count(*) FILTER (WHERE k.state = 'reserved') AS reserved,
                   count(*) FILTER (WHERE k.state = 'delivered') AS delivered,
                   count(*) FILTER (WHERE k.state IN ('replaced', 'refunded', 'invalid')
                       OR k.state = 'available' AND k.expires_on < %(today)s) AS locked,
                   min(k.expires_on) FILTER (WHERE k.state = 'available'
                       AND k.expires_on >= %(today)s) AS next_expiry
              FROM orion_digital_key k
              JOIN product_product p ON p.id = k.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             GROUP BY k.product_id, k.company_id
            """,
            today=fields.Date.today(),
            fits=SQL(FITS_SOURCE),
        )

    def _counted_pieces(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=SOLD_DAYS)
        return SQL(
            """
            SELECT product_id, company_id,
                   count(*) FILTER (WHERE state IN ('waiting', 'held', 'ordered', 'preordered'))
                       AS waiting,
                   count(*) FILTER (WHERE state IN ('claimed', 'delivered')
                       AND claimed_at >= %(since)s) AS sold
              FROM orion_digital_piece
             GROUP BY product_id, company_id
            """,
            since=since,
        )

    # === ACTIONS === #

    def action_open_keys(self):
        """The keys of these products."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_digital_key"
        )
        domain = [
            ("product_id", "in", self.product_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return {**action, "domain": domain, "context": {}}

    def action_open_waiting(self):
        """The orders that wait for keys of these products."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_order_waiting"
        )
        pieces = [
            ("product_id", "in", self.product_id.ids),
            ("state", "in", ("waiting", "held", "ordered", "preordered")),
        ]
        return {**action, "domain": [("orion_piece_ids", "any", pieces)]}

    def action_import(self):
        """Import keys of this product."""
        self.ensure_one()
        check_caller(self.env["orion.digital.key"], MANAGER, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_key_import"
        )
        context = {
            "default_product_id": self.product_id.id,
            "default_company_id": self.company_id.id,
        }
        return {**action, "context": context}
