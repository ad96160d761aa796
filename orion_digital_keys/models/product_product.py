from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine import committed

#: Of a product that is bought at suppliers only, the own keys stay where they are; what was bought
#: there, and is free again, is given.
FITS_SOURCE = """(
    t.orion_key_source IS DISTINCT FROM 'supplier'
    OR EXISTS (SELECT 1 FROM orion_key_batch b
                WHERE b.id = k.batch_id AND b.source = 'supplier'))"""


class ProductProduct(models.Model):
    """Keys belong to variants: an edition has keys of its own."""

    _inherit = "product.product"

    orion_key_offer_ids = fields.One2many(
        "orion.key.offer", "product_id", string="Suppliers' Offers"
    )
    orion_free_key_count = fields.Integer(
        string="Free Keys",
        compute="_compute_orion_free_key_count",
        help="Keys in the pool of the current company that can be given.",
    )

    def _compute_orion_free_key_count(self):
        free = self._orion_free_keys(self.env.company)
        for product in self:
            product.orion_free_key_count = free.get(product._origin.id, 0)

    # === BUSINESS === #

    def _orion_free_keys(self, company):
        """`{product id: keys}` that can be given today; one query."""
        self.env["orion.digital.key"].flush_model(["state", "expires_on"])
        self.env["product.template"].flush_model(["orion_key_source"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT k.product_id, count(*) FROM orion_digital_key k
                      JOIN product_product p ON p.id = k.product_id
                      JOIN product_template t ON t.id = p.product_tmpl_id
                     WHERE k.product_id = ANY(%s) AND k.company_id = %s
                       AND k.state = 'available'
                       AND (k.expires_on IS NULL OR k.expires_on >= %s)
                       AND %s
                     GROUP BY k.product_id
                    """,
                    self.ids,
                    company.id,
                    company._orion_today(),
                    SQL(FITS_SOURCE),
                )
            )
        )

    def _orion_key_quantities(self, company):
        """What may be sold of digital products: free keys, less the sold pieces that still wait
        for one, and what may be bought on demand, as far as each offer allows. Three queries.

        :return: `{product id: pieces}`, of the digital ones only; below 0 where more was sold
        """
        digital = self.sudo().filtered("orion_is_digital")
        free = digital._orion_free_keys(company)
        pieces = self.env["orion.digital.piece"].sudo()
        waiting = dict(
            pieces._read_group(
                [
                    ("product_id", "in", digital.ids),
                    ("company_id", "=", company.id),
                    ("state", "in", ("waiting", "held")),
                ],
                ["product_id"],
                ["__count"],
            )
        )
        on_demand = digital._orion_on_demand(company)
        return {
            product.id: (
                free.get(product.id, 0) + on_demand.get(product, 0) - waiting.get(product, 0)
            )
            for product in digital
        }

    def _orion_on_demand(self, company):
        """`{product: pieces}` that suppliers have, capped, at a price that is accepted."""
        offers = (
            self.env["orion.key.offer"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("channel_id.active", "=", True),
                ]
            )
        )
        result = {}
        for offer in offers:
            is_wanted = offer.product_id.orion_key_source != "pool" and offer._is_acceptable()
            if is_wanted and offer.channel_id._buys_keys():
                result[offer.product_id] = result.get(offer.product_id, 0) + offer.capped
        return result

    def _orion_pool_changed(self):
        """There are more or fewer keys of these products than before: what waits is tried again,
        and marketplaces hear of it."""
        self.env["orion.digital.piece"]._try_again([("product_id", "in", self.ids)])
        self.env["orion.demand"]._note_changed(self.ids)

    def _orion_keys_came(self):
        """Keys came into the pools of the current company. An import may take long, and does not
        see what is sold meanwhile: once it is committed, those who wait are looked for again."""
        self._orion_pool_changed()
        env, product_ids = self.env, self.ids
        env.cr.postcommit.add(lambda: _wake_for(env, product_ids))

    @api.model
    def _orion_keys_taken(self, product_ids):
        """Keys were given: marketplaces hear of it."""
        self.env["orion.demand"]._note_changed(product_ids)

    def _orion_used(self):
        """Products with keys or sold pieces are not archived."""
        keys = self.env["orion.digital.key"].sudo()
        found = keys._read_group([("product_id", "in", self.ids)], ["product_id"])
        return super()._orion_used().union(*(product for (product,) in found))


def _wake_for(env, product_ids):
    """In a transaction of its own, which sees everything that was sold up to now."""
    with committed(env) as own:
        own["orion.digital.piece"]._try_again(
            [("product_id", "in", product_ids), ("company_id", "=", env.company.id)]
        )
