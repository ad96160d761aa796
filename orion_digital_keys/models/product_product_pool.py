from odoo import api, fields, models

LOW_POOL = "orion_digital_keys.mail_activity_type_low_pool"


class ProductProduct(models.Model):
    """Somebody is asked for keys before a pool is empty."""

    _inherit = "product.product"

    # === BUSINESS === #

    def _orion_pool_changed(self):
        super()._orion_pool_changed()
        self._orion_watch_pools()

    def _orion_watch_pools(self):
        """Ask for keys where few are left in the current company, once; and no more where there
        are enough again."""
        company = self.env.company
        watched = self.sudo().filtered("orion_is_digital")
        if not watched:
            return
        free = watched._orion_free_keys(company)
        open_ones = watched.activity_search(
            [LOW_POOL], additional_domain=[("orion_company_id", "=", company.id)]
        )
        low = watched.filtered(lambda product: product._orion_is_low(free.get(product.id, 0)))
        open_ones.filtered(lambda one: one.res_id not in low.ids).unlink()
        asked = set(open_ones.exists().mapped("res_id"))
        for product in low.filtered(lambda one: one.id not in asked):
            product._orion_ask_for_keys(company, free.get(product.id, 0))

    # === ACTIONS === #

    def action_orion_open_keys(self):
        """The keys of these variants."""
        action = self.product_tmpl_id.action_orion_open_keys()
        return {**action, "domain": [("product_id", "in", self.ids)]}

    def action_orion_open_offers(self):
        """What suppliers ask for this variant."""
        self.ensure_one()
        action = self.product_tmpl_id.action_orion_open_offers()
        domain = [("product_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"default_product_id": self.id}}

    def action_orion_import_keys(self):
        """Import keys of this variant."""
        self.ensure_one()
        action = self.product_tmpl_id.action_orion_import_keys()
        return {**action, "context": {"default_product_id": self.id}}

    # === CRON === #

    @api.model
    def _cron_watch_pools(self):
        """Keys expire without anybody doing anything."""
        products = self.search([("orion_low_pool_threshold", ">", 0)])
        for company in self.env["res.company"].search([]):
            of_company = products.filtered(lambda p, c=company: p.company_id in (c, c[:0]))
            of_company.with_company(company)._orion_watch_pools()
            expired = self.env["orion.digital.key"].sudo()._expired_lately(company)
            self.env["orion.demand"]._note_changed(expired.product_id.ids)
            expired.product_id.with_company(company)._orion_watch_pools()

    # === PRIVATE === #

    def _orion_is_low(self, free):
        return self.orion_key_source != "supplier" and free < self.orion_low_pool_threshold

    def _orion_ask_for_keys(self, company, free):
        user = self.env["orion.alert"].sudo()._responsible(company)
        if not user:
            return
        told = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        told.activity_schedule(
            LOW_POOL,
            summary=told.env._("Few keys left"),
            note=told.env._(
                "%(company)s has %(count)s free keys of %(product)s. Import more, or let the "
                "product be bought at a supplier.",
                company=company.name,
                count=free,
                product=told.display_name,
            ),
            user_id=user.id,
            date_deadline=fields.Date.today(),
            orion_company_id=company.id,
        )
