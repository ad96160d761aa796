from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.orion_base.engine.cursors import hold_rows

#: What makes pieces that wait worth another try.
RETRYING = ("active", "allow_preorder", "cap", "is_gone", "unit_price", "product_id")
#: Context key: who writes many offers follows all their changes at once.
FOLLOWED_LATER = "orion_offers_followed_later"


class OrionKeyOffer(models.Model):
    """A product may be bought at a supplier under its id there."""

    _name = "orion.key.offer"
    _description = "Offer of a Key Supplier"
    _order = "sequence, unit_price, id"
    _rec_name = "external_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    channel_id = fields.Many2one(
        "orion.channel",
        string="Supplier",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    external_id = fields.Char(
        string="Supplier's Product ID", required=True, help="The product's id at the supplier."
    )
    unit_price = fields.Monetary(
        readonly=True, currency_field="currency_id", help="Of one piece, as last told."
    )
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    available = fields.Integer(
        readonly=True,
        help="Pieces the supplier has, as last told, less what was ordered since.",
    )
    is_gone = fields.Boolean(
        string="Given Up", readonly=True, help="The supplier does not sell it any more."
    )
    is_preorder = fields.Boolean(string="Pre-order", readonly=True)
    allow_preorder = fields.Boolean(
        string="Buy Pre-orders", help="Off: what is not published yet is not bought."
    )
    cap = fields.Integer(
        string="At Most",
        default=10,
        help="Most pieces of the supplier's stock that are offered to marketplaces; 0 for none.",
    )
    capped = fields.Integer(compute="_compute_capped", help="What counts as stock.")
    updated_at = fields.Datetime(readonly=True)

    _offer_unique = models.UniqueIndex(
        "(channel_id, product_id, external_id)", "This offer exists already."
    )

    @api.depends("available", "cap", "is_preorder", "allow_preorder")
    def _compute_capped(self):
        for offer in self:
            is_bought = offer.allow_preorder or not offer.is_preorder
            offer.capped = max(min(offer.available, offer.cap), 0) if is_bought else 0

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create(vals_list)
        offers._pools_changed()
        return offers

    def write(self, vals):
        if self.env.context.get(FOLLOWED_LATER):
            return super().write(vals)
        # workers write what suppliers tell while a person changes what is accepted
        hold_rows(self)
        before = {offer: offer._what_counts() for offer in self}
        result = super().write(vals)
        self._follow_changes(before)
        return result

    # === BUSINESS === #

    def _is_acceptable(self):
        """Whether its price is one at which the product is bought by itself."""
        self.ensure_one()
        maximum = self._maximum()
        return maximum is None or self.unit_price <= maximum

    def _is_ready(self):
        """Whether it would be bought here now, by what the supplier has told last."""
        self.ensure_one()
        has_some = self.allow_preorder if self.is_preorder else self.available > 0
        return has_some and self._is_acceptable()

    def _maximum(self):
        """The highest price accepted for a piece, in the offer's currency; None for no limit."""
        self.ensure_one()
        template = self.product_id.product_tmpl_id.sudo()
        if not template.orion_maximum_cost:
            return None
        currency = template.cost_currency_id or self.company_id.currency_id
        return currency._convert(
            template.orion_maximum_cost,
            self.currency_id or currency,
            self.company_id,
            fields.Date.today(),
        )

    def _maximum_decimal(self):
        maximum = self._maximum()
        return None if maximum is None else Decimal(str(round(maximum, 4)))

    def _note(self, values):
        """What the supplier has told; written only where it is new."""
        self.ensure_one()
        self._note_all({self: values})

    @api.model
    def _note_all(self, told):
        """What suppliers have told of many offers: written only where it is new; what follows is
        done once for all of them.

        :param told: `{offer: values}`
        """
        offers = hold_rows(self.sudo().union(*told))
        before = {offer: offer._what_counts() for offer in offers}
        for offer in offers:
            news = offer._what_differs(told[offer])
            if news.keys() - {"updated_at"}:
                offer.with_context(**{FOLLOWED_LATER: True}).write(news)
        offers._follow_changes(before)

    def _note_ordered(self, quantity):
        """The supplier has so many pieces less, until it says what it has; below 0 for more."""
        if self and not self.is_preorder:
            self._note({"available": max(self.available - quantity, 0)})

    @api.model
    def _best(self, products, company):
        """`{product: offer}`: where each product would be bought now. The first in order that has
        some at a price that is accepted, else the first that has some, else the first at all."""
        offers = self.sudo().search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", company.id),
                ("channel_id.active", "=", True),
            ]
        )
        best = {}
        for product, found in offers.grouped("product_id").items():
            candidates = found.filtered(lambda offer: offer.channel_id._buys_keys()) or found
            ready = candidates.filtered(
                lambda offer: offer.allow_preorder if offer.is_preorder else offer.available > 0
            )
            accepted = next((offer for offer in ready if offer._is_ready()), None)
            best[product] = accepted or (ready or candidates)[0]
        return best

    # === PRIVATE === #

    def _what_differs(self, values):
        """Those of `values` that are not written here already."""
        self.ensure_one()
        return {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_cache(value, self)
            != self._fields[name].convert_to_cache(self[name], self)
        }

    def _what_counts(self):
        """What others are told of when it changes: stock, product, and what decides whether it is
        bought."""
        self.ensure_one()
        return self.available, self.product_id, tuple(self[name] for name in RETRYING)

    def _follow_changes(self, before):
        """Pieces that wait are tried again where it may help them, and marketplaces hear of it.

        :param before: `{offer: _what_counts()}`
        """
        helped = self.filtered(
            lambda offer: (
                offer.available > before[offer][0] or offer._what_counts()[2] != before[offer][2]
            )
        )
        helped._pools_changed(former=before)
        # less helps nobody who waits
        fewer = (self - helped).filtered(lambda offer: offer.available < before[offer][0])
        self.env["orion.demand"]._note_changed(fewer.product_id.ids)

    def _pools_changed(self, former=None):
        """What may be bought of the products of these offers is not what it was.

        :param former: `{offer: _what_counts()}` of before, where they may have had other products
        """
        for company, offers in self.grouped("company_id").items():
            products = offers.product_id
            if former:
                products = products.union(*(former[offer][1] for offer in offers))
            products.with_company(company)._orion_pool_changed()
