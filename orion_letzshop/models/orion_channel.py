from datetime import timezone

from odoo import api, fields, models

from odoo.addons.orion_inventory_sync.lib.stock_adapter import ROLE as STOCK
from odoo.addons.orion_marketplace_import.lib.catalogue_adapter import ROLE as CATALOGUE
from odoo.addons.orion_orders.lib.order_adapter import ROLE as ORDERS

from ..lib.catalogue_adapter import LetzshopCatalogueAdapter
from ..lib.mapper import map_shipment
from ..lib.order_adapter import LetzshopOrderAdapter
from ..lib.stock_adapter import WAYS

ENDPOINT = "https://letzshop.lu/graphql"


class OrionChannel(models.Model):
    """A store's connection to Letzshop: one key, one vendor."""

    _inherit = "orion.channel"

    marketplace = fields.Selection(
        selection_add=[("letzshop", "Letzshop")],
        ondelete={"letzshop": lambda channels: channels._retire_from_letzshop()},
    )
    letzshop_page_size = fields.Integer(
        string="Orders per Page",
        default=50,
        help="How many orders are read from Letzshop in one request.",
    )

    _letzshop_page_size_range = models.Constraint(
        "CHECK (letzshop_page_size BETWEEN 1 AND 100)",
        "Between 1 and 100 orders can be read from Letzshop in one request.",
    )

    # === HOOKS === #

    @api.model
    def _default_api_endpoint(self, marketplace):
        if marketplace == "letzshop":
            return ENDPOINT
        return super()._default_api_endpoint(marketplace)

    def _adapter_class(self, role):
        if self.marketplace == "letzshop" and role == ORDERS:
            return LetzshopOrderAdapter
        if self.marketplace == "letzshop" and role == CATALOGUE:
            return LetzshopCatalogueAdapter
        if self.marketplace == "letzshop" and role == STOCK:
            return WAYS[self.letzshop_stock_way or "feed"]
        return super()._adapter_class(role)

    def _most_tracking_numbers(self):
        """Letzshop's mutation has one code a shipment; a text of several leads nowhere there."""
        return 1 if self.marketplace == "letzshop" else super()._most_tracking_numbers()

    def _adapter_settings(self):
        settings = super()._adapter_settings()
        if self.marketplace == "letzshop":
            settings["page_size"] = self.letzshop_page_size
            settings["stock_address"] = self.letzshop_stock_address
            settings["stock_user"] = self.letzshop_stock_user
            settings["stock_host_key"] = self.letzshop_stock_host_key
        return settings

    def _map_order_payload(self, payload, received_at):
        if self.marketplace == "letzshop":
            return map_shipment(payload, received_at.replace(tzinfo=timezone.utc))
        return super()._map_order_payload(payload, received_at)

    # === BUSINESS === #

    def _retire_from_letzshop(self):
        """When the app goes, its channels stay as archived ones: their orders, logs and
        operations are history. A channel's marketplace is fixed, so this goes around the
        ORM."""
        self.flush_recordset(["marketplace", "active"])
        self.env.cr.execute(
            "UPDATE orion_channel SET marketplace = 'storefront', active = FALSE"
            " WHERE id = ANY(%s)",
            [self.ids],
        )
        self.invalidate_recordset(["marketplace", "active"])
