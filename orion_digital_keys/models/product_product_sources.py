from odoo import fields, models

NO_SOURCE = "orion_digital_keys.mail_activity_no_source"


class ProductProduct(models.Model):
    """Somebody is told when nobody sells the keys of a product any more: it is on sale, and who
    buys it waits for ever."""

    _inherit = "product.product"

    # === BUSINESS === #

    def _orion_watch_pools(self):
        super()._orion_watch_pools()
        self._orion_watch_sources(self.env.company)

    def _orion_watch_sources(self, company):
        """One activity for each product whose suppliers have all given it up and whose pool is
        empty; none any more where there is a source again. The own shop stops selling it, where
        the supplier's channel says so, and begins again."""
        watched = self.sudo().filtered("orion_is_digital")
        if not watched:
            return
        told = watched.activity_search(
            [NO_SOURCE], additional_domain=[("orion_company_id", "=", company.id)]
        )
        dead = watched._orion_without_source(company)
        told.filtered(lambda one: one.res_id not in dead.ids).unlink()
        asked = set(told.exists().mapped("res_id"))
        for product in dead.filtered(lambda one: one.id not in asked and one.sale_ok):
            product._orion_tell_no_source(company)
        taken = watched.product_tmpl_id.filtered("orion_taken_off")
        if dead or taken:
            (dead.product_tmpl_id | taken)._orion_follow_sources()

    # === PRIVATE === #

    def _orion_without_source(self, company):
        """Those that were bought on demand, and cannot be any more. Two queries."""
        groups = (
            self.env["orion.key.offer"]
            .sudo()
            ._read_group(
                [("product_id", "in", self.ids), ("company_id", "=", company.id)],
                ["product_id", "is_gone"],
            )
        )
        sold = {product.id for product, is_gone in groups if not is_gone}
        gone = self.browse(
            [product.id for product, is_gone in groups if is_gone and product.id not in sold]
        )
        free = gone._orion_free_keys(company) if gone else {}
        return gone.filtered(
            lambda product: product.orion_key_source != "pool" and not free.get(product.id)
        )

    def _orion_gone_offers(self):
        """Offers of suppliers that have given these up, of all companies."""
        offers = self.env["orion.key.offer"].sudo()
        return offers.search([("product_id", "in", self.ids), ("is_gone", "=", True)])

    def _orion_dead_and_alive(self):
        """Of which of these no company can get a key any more, and of which one can: what is taken
        off sale is off sale for all of them.

        :return: two recordsets; what is bought nowhere and has no key is in neither
        """
        offers = self.env["orion.key.offer"].sudo().search([("product_id", "in", self.ids)])
        alive = offers.filtered(lambda offer: not offer.is_gone).product_id
        keys = self.env["orion.digital.key"].sudo()
        holders = keys._read_group(
            [("product_id", "in", self.ids), ("state", "=", "available")], ["company_id"]
        )
        for (company,) in holders:
            alive |= self.browse(self._orion_free_keys(company))
        dead = (offers.product_id - alive).filtered(lambda one: one.orion_key_source != "pool")
        return dead, alive

    def _orion_tell_no_source(self, company):
        user = self.env["orion.alert"].sudo()._responsible(company)
        if not user:
            return
        told = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        told.activity_schedule(
            NO_SOURCE,
            summary=told.env._("No supplier sells it any more"),
            note=told.env._(
                "%(product)s has no free key in %(company)s, and its suppliers have given it up. "
                "Marketplaces are told that there is none. Import keys, find another supplier, or "
                "take it off sale.",
                product=told.display_name,
                company=company.name,
            ),
            user_id=user.id,
            date_deadline=fields.Date.today(),
            orion_company_id=company.id,
        )
