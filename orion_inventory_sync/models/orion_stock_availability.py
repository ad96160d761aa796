import math

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .orion_stock_change import EXPIRY_FIELDS

#: Sums in floating point may miss a whole kit by less than this.
ROUNDING = 1e-6
#: Moves that take goods out sooner or later, reserved or not.
OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class OrionStockAvailability(models.AbstractModel):
    """What can be sold: on hand in the counted locations, less what is going to leave them,
    less what marketplaces have sold and no delivery counts yet. For many products at once, in
    a constant number of queries."""

    _name = "orion.stock.availability"
    _description = "Availability for Marketplaces"

    @api.model
    def _available(self, channel, products):
        """Quantities in the product's own unit; may be negative.

        :param channel: one `orion.channel`, whose company and locations count
        :return: `{product id: quantity}`; absent where no stock is kept
        """
        company = channel.sudo().company_id
        counter = self.sudo().with_context(
            **self._location_context(channel), allowed_company_ids=company.ids, active_test=False
        )
        channel = channel.with_env(counter.env)
        products = products.with_env(counter.env)
        pools = counter._pool_quantities(channel, products)
        parts = counter._kit_parts(
            company, products.browse(id_ for id_ in products.ids if id_ not in pools)
        )
        kept = products.filtered("is_storable") - products.browse(parts)
        components = {part for ratios in parts.values() for part in ratios}
        free = counter._count(channel, kept | products.browse(components))
        result = {product.id: free[product.id] for product in kept}
        for kit_id, ratios in parts.items():
            if ratios:
                whole = min(free[part] / ratio for part, ratio in ratios.items())
                result[kit_id] = float(math.floor(whole + ROUNDING))
        return result | pools

    # === HOOKS === #

    @api.model
    def _pool_quantities(self, channel, products):
        """Quantities of products that are in no warehouse, such as digital keys.

        :return: `{product id: pieces}`
        """
        return {}

    @api.model
    def _kit_parts(self, company, products):
        """What the kits among these products are made of, down to what is in stock.

        :return: `{kit id: {product id: quantity for one kit, in the product's own unit}}`
        """
        return {}

    @api.model
    def _kits_with(self, products):
        """Kits in which any of these products is a part, at whatever depth."""
        return products.browse()

    # === COUNTING === #

    @api.model
    def _location_context(self, channel):
        """What tells Odoo's own domains which locations count."""
        locations = channel.sudo().stock_location_ids
        if locations:
            return {"location": locations.ids}
        warehouses = channel.sudo().stock_warehouse_ids
        if not warehouses:
            warehouses = (
                self.env["stock.warehouse"]
                .sudo()
                .with_context(active_test=True)
                .search([("company_id", "=", channel.sudo().company_id.id)])
            )
        # all at once: "warehouse_id" would be searched by name where it is empty
        return {"location": warehouses.view_location_id.ids or [0]}

    @api.model
    def _count(self, channel, products):
        """`{product id: quantity}` of products in stock, kits excluded."""
        result = dict.fromkeys(products.ids, 0.0)
        in_quants, _incoming, outgoing = products._get_domain_locations()
        of_products = Domain("product_id", "in", products.ids)
        for product, quantity in self.env["stock.quant"]._read_group(
            of_products & Domain(in_quants) & self._fresh_domain(),
            ["product_id"],
            ["quantity:sum"],
        ):
            result[product.id] += quantity
        for product, quantity in self.env["stock.move"]._read_group(
            of_products & Domain("state", "in", OPEN_STATES) & Domain(outgoing),
            ["product_id"],
            ["product_qty:sum"],
        ):
            result[product.id] -= quantity
        for product_id, quantity in self._demand_from_above(products).items():
            result[product_id] -= quantity
        for product_id, quantity in self._undecided(channel.company_id, products).items():
            if product_id in result:
                result[product_id] -= quantity
        return result

    @api.model
    def _fresh_domain(self):
        """Quants whose lot has not expired; lots expire where that app is installed."""
        names = self.env["stock.quant"]._fields
        now = fields.Datetime.now()
        domain = Domain("location_id.usage", "in", ("internal", "transit"))
        for name in sorted(EXPIRY_FIELDS & names.keys()):
            domain &= Domain(name, "=", False) | Domain(name, ">", now)
        return domain

    @api.model
    def _undecided(self, company, products):
        """Sold on marketplaces and in no delivery yet: kits count as their parts."""
        takers = products | self._kits_with(products)
        sold = self.env["orion.demand"]._undecided(company, takers.ids)
        parts = self._kit_parts(company, self.env["product.product"].browse(sold))
        result = {}
        for product_id, quantity in sold.items():
            for part, ratio in parts.get(product_id, {product_id: 1.0}).items():
                result[part] = result.get(part, 0.0) + quantity * ratio
        return result

    @api.model
    def _demand_from_above(self, products):
        """Where single shelves count, what leaves the place they are in may be taken from them:
        all of it but what is reserved on other shelves. What stays within the company takes what
        is reserved on these shelves, and no more.

        :return: `{product id: quantity}`
        """
        locations = self.env["stock.location"].browse(self.env.context["location"])
        above = {
            int(part)
            for location in locations
            for part in (location.parent_path or "").split("/")[:-2]
        } - set(locations.ids)
        if not above or not products:
            return {}
        self.env["stock.move"].flush_model()
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT place.id FROM stock_location place
                     WHERE EXISTS (SELECT 1 FROM stock_location top
                                    WHERE top.id = ANY(%(counted)s)
                                      AND place.parent_path LIKE top.parent_path || '%%')
                )
                SELECT move.product_id,
                       sum(CASE WHEN target.usage = 'internal' THEN COALESCE(reserved.here, 0)
                                ELSE GREATEST(
                                    move.product_qty - COALESCE(reserved.elsewhere, 0), 0) END)
                  FROM stock_move move
                  JOIN stock_location target
                    ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                  LEFT JOIN LATERAL (
                       SELECT sum(line.quantity_product_uom) FILTER (
                                  WHERE line.location_id IN (SELECT id FROM counted)) AS here,
                              sum(line.quantity_product_uom) FILTER (
                                  WHERE line.location_id NOT IN (SELECT id FROM counted)
                              ) AS elsewhere
                         FROM stock_move_line line
                        WHERE line.move_id = move.id) reserved ON TRUE
                 WHERE move.product_id = ANY(%(products)s) AND move.state = ANY(%(states)s)
                   AND move.location_id = ANY(%(above)s)
                   AND target.id NOT IN (SELECT id FROM counted)
                 GROUP BY move.product_id
                """,
                counted=locations.ids,
                products=products.ids,
                states=list(OPEN_STATES),
                above=list(above),
            )
        )
        return dict(rows)
