from odoo import fields, models
from odoo.tools import SQL


class OrionKeyMargin(models.Model):
    """What delivered keys brought in and cost, one row a sold piece, in the company's currency."""

    _name = "orion.key.margin"
    _description = "Margin of Digital Keys"
    _auto = False
    _order = "delivered_at desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    channel_id = fields.Many2one("orion.channel", readonly=True)
    supplier_id = fields.Many2one(
        "orion.channel", readonly=True, help="Empty: a key of the own pool."
    )
    platform = fields.Char(readonly=True)
    state = fields.Selection([("delivered", "Delivered"), ("refunded", "Refunded")], readonly=True)
    delivered_at = fields.Datetime(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    revenue = fields.Monetary(readonly=True, help="Without tax; 0 where it was refunded.")
    cost = fields.Monetary(
        readonly=True, help="Of all keys given for the piece, replaced ones too."
    )
    margin = fields.Monetary(readonly=True)

    _depends = {
        "orion.digital.key": ["piece_id", "batch_id", "state", "delivered_at"],
        "orion.digital.piece": [
            "state",
            "key_id",
            "purchase_id",
            "product_id",
            "company_id",
            "order_id",
            "sale_line_id",
            "claimed_at",
        ],
        "orion.key.batch": ["company_unit_cost"],
        "orion.key.purchase": ["channel_id"],
        "sale.order": ["currency_rate", "orion_channel_id"],
        "sale.order.line": ["price_subtotal"],
        "product.template": ["orion_platform"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT piece.*, piece.revenue - piece.cost AS margin
              FROM (
                SELECT d.id, d.product_id, d.company_id, d.order_id, d.state,
                       o.orion_channel_id AS channel_id, purchase.channel_id AS supplier_id,
                       t.orion_platform AS platform, c.currency_id,
                       COALESCE(given.delivered_at, d.claimed_at) AS delivered_at,
                       CASE WHEN d.state = 'refunded' THEN 0
                            ELSE l.price_subtotal / GREATEST(line.pieces, 1)
                                 / COALESCE(NULLIF(o.currency_rate, 0), 1)
                       END AS revenue,
                       COALESCE(given.cost, 0) AS cost
                  FROM orion_digital_piece d
                  JOIN sale_order o ON o.id = d.order_id
                  JOIN sale_order_line l ON l.id = d.sale_line_id
                  JOIN res_company c ON c.id = d.company_id
                  JOIN product_product p ON p.id = d.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                  JOIN (SELECT sale_line_id, count(*) AS pieces FROM orion_digital_piece
                         WHERE state != 'cancelled' GROUP BY sale_line_id) line
                    ON line.sale_line_id = d.sale_line_id
                  LEFT JOIN orion_key_purchase purchase ON purchase.id = d.purchase_id
                  LEFT JOIN (SELECT k.piece_id, sum(b.company_unit_cost) AS cost,
                                    max(k.delivered_at) AS delivered_at
                               FROM orion_digital_key k
                               LEFT JOIN orion_key_batch b ON b.id = k.batch_id
                              WHERE k.piece_id IS NOT NULL GROUP BY k.piece_id) given
                    ON given.piece_id = d.id
                 WHERE d.state IN ('delivered', 'refunded') AND d.key_id IS NOT NULL
              ) AS piece
            """
        )
