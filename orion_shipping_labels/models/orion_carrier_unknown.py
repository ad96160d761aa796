from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.rpc import MANAGER, check_caller


class OrionCarrierUnknown(models.Model):
    """Carriers that orders name and nobody knows yet. Choosing the carrier maps the name, for
    all orders that have it and all that come."""

    _name = "orion.carrier.unknown"
    _description = "Unknown Carrier"
    _auto = False
    _log_access = False
    _order = "order_count desc, name"
    _depends = {
        "sale.order": [
            "carrier_id", "company_id", "date_order", "orion_channel_id", "orion_is_history",
            "orion_shipping_carrier",
        ],
        "orion.channel": ["marketplace"],
    }  # fmt: skip

    marketplace = fields.Selection(selection="_selection_marketplace", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char(string="Named There", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    last_order_at = fields.Datetime(string="Last Order", readonly=True)
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Is",
        compute="_compute_carrier_id",
        inverse="_inverse_carrier_id",
        domain="[('orion_code', '!=', False), ('company_id', 'in', (False, company_id))]",
        help="The carrier that is meant. Its orders get it at once.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(sale.id) AS id, channel.marketplace AS marketplace,
                   sale.company_id AS company_id, min(trim(sale.orion_shipping_carrier)) AS name,
                   count(*) AS order_count, max(sale.date_order) AS last_order_at
              FROM sale_order sale
              JOIN orion_channel channel ON channel.id = sale.orion_channel_id
             WHERE sale.carrier_id IS NULL
               AND trim(sale.orion_shipping_carrier) != ''
               AND sale.orion_is_history IS NOT TRUE
             GROUP BY channel.marketplace, sale.company_id,
                      lower(trim(sale.orion_shipping_carrier))
            """
        )

    @api.model
    def _selection_marketplace(self):
        return self.env["orion.carrier.code"]._selection_marketplace()

    def _compute_carrier_id(self):
        self.carrier_id = False

    def _inverse_carrier_id(self):
        for unknown in self.filtered("carrier_id"):
            unknown._map_to(unknown.carrier_id)

    # === BUSINESS === #

    def _map_to(self, carrier):
        """Remember once for all that this name means a carrier."""
        self.ensure_one()
        check_caller(self.env["orion.channel"], MANAGER, "write")
        if not carrier.orion_code:
            raise UserError(
                self.env._("Give %(carrier)s a carrier code first.", carrier=carrier.name)
            )
        marketplace, name, company = self.marketplace, self.name, self.company_id
        self.env["orion.carrier.code"].create(
            {
                "carrier_id": carrier.id,
                "marketplace": marketplace,
                "code": name,
                "sequence": 100,
            }
        )
        orders = self.env["sale.order"].sudo()
        named = orders.search(
            [
                ("company_id", "=", company.id),
                ("orion_channel_id.marketplace", "=", marketplace),
                ("orion_shipping_carrier", "ilike", _literal(name)),
                ("carrier_id", "=", False),
            ]
        )
        # spaces around it are no part of a name
        named.filtered(
            lambda order: order.orion_shipping_carrier.strip().lower() == name.lower()
        )._orion_find_carriers()


def _literal(text):
    """A text in which LIKE finds nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
