from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine import make_shared
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)


class OrionOrderImporter(models.AbstractModel):
    """Everything an order does not take from its customer: pricelist, warehouse, taxes."""

    _inherit = "orion.order.importer"

    def _find_terms(self, batch, datas):
        """Look up what the orders share, once a batch."""
        for currency in {data.currency for data in datas}:
            batch.pricelists[currency] = self._pricelist(batch, currency)
        batch.common.update(
            {
                "user": batch.channel.responsible_id.id,
                "team": self._sales_team(batch),
                "warehouse": self._warehouse(batch).id,
                "order_defaults": self._order_defaults(),
                "line_defaults": self._line_defaults(),
                "fiscal_positions": self.env["account.fiscal.position"].search(
                    [
                        *self.env["account.fiscal.position"]._check_company_domain(batch.company),
                        ("auto_apply", "=", True),
                    ]
                ),
            }
        )

    # === HOOKS === #

    def _line_tax_rate(self, batch, line, product):
        """Percent (Decimal) that the line is taxed with; None: the product's own taxes."""
        return line.tax_rate

    # === PRIVATE === #

    def _order_defaults(self):
        """Default records of new orders, such as documents that go with each quotation:
        `create` would search for them once an order."""
        orders = self.env["sale.order"]
        names = [
            name
            for name, field in orders._fields.items()
            if field.default and field.store and field.type in ("many2one", "many2many")
        ]
        return orders.default_get(names)

    def _line_defaults(self):
        """Where there are no rules for analytic distribution, Odoo need not look for those
        that fit each line."""
        rules = self.env["account.analytic.distribution.model"]
        return {} if rules.search_count([], limit=1) else {"analytic_distribution": False}

    def _pricelist(self, batch, code):
        """The pricelist of a company and currency; it only carries the currency, because the
        prices are those of the sale."""
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", (code or "").upper())], limit=1)
        )
        if not currency:
            raise UserError(
                _lt(
                    "“%(code)s” is no currency Odoo knows. Create it, then import again.", code=code
                )
            )
        found = currency.active and self._find_pricelist(batch.company, currency)
        return found or make_shared(self, "_make_pricelist", batch.channel.id, currency.id)

    def _find_pricelist(self, company, currency):
        return self.env["product.pricelist"].search(
            [("company_id", "in", (company.id, False)), ("currency_id", "=", currency.id)],
            order="company_id, sequence, id",
            limit=1,
        )

    def _make_pricelist(self, channel_id, currency_id):
        """The pricelist that all channels of a company share, and its currency in use."""
        channel = self.env["orion.channel"].browse(channel_id)
        company = channel.company_id
        currency = self.env["res.currency"].browse(currency_id)
        if not currency.active:
            currency.active = True
            self._tell_of_missing_rate(channel, currency)
        return self._find_pricelist(company, currency) or self.env["product.pricelist"].create(
            {
                "name": self.env._("Marketplaces (%(currency)s)", currency=currency.name),
                "company_id": company.id,
                "currency_id": currency.id,
                "sequence": 1000,
            }
        )

    def _tell_of_missing_rate(self, channel, currency):
        """Without a rate Odoo counts a currency as if it were the company's own."""
        company = channel.company_id
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, company.root_id.id)),
            ],
            limit=1,
        )
        if rates or currency == company.currency_id:
            return
        user = channel._person_to_tell()
        told = channel.with_context(
            lang=user.lang,
            mail_activity_automation_skip=False,
            # the activity says it; a message besides would be the second one of the run
            mail_activity_quick_update=True,
        )
        told.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=told.env._("%(currency)s has no exchange rate", currency=currency.name),
            note=told.env._(
                "An order in %(currency)s came in on %(channel)s, and Odoo knows no rate. Enter "
                "one under Invoicing → Configuration → Currencies; until then statistics count "
                "1 %(currency)s as 1 %(own)s.",
                currency=currency.name,
                channel=channel.name,
                own=company.currency_id.name,
            ),
            user_id=user.id,
        )

    def _sales_team(self, batch):
        if batch.channel.sales_team_id:
            return batch.channel.sales_team_id.id
        teams = self.env["crm.team"]
        return teams._get_default_team_id(
            user_id=batch.channel.responsible_id.id,
            domain=teams._check_company_domain(batch.company),
        ).id

    def _warehouse(self, batch):
        return batch.channel.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", batch.company.id)], limit=1
        )

    def _fiscal_position(self, batch, data):
        """As Odoo chooses it, asked once for each kind of address."""
        ids = batch.partners[data.external_id]
        partner = self.env["res.partner"].browse(ids.customer)
        delivery = self.env["res.partner"].browse(ids.delivery)
        manual = delivery.property_account_position_id or partner.property_account_position_id
        if manual or not delivery.country_id:
            return manual
        key = (delivery.country_id, delivery.state_id, delivery.zip, bool(delivery.vat))
        if key not in batch.fiscal_positions:
            batch.fiscal_positions[key] = batch.common["fiscal_positions"]._get_first_matching_fpos(
                delivery
            )
        return batch.fiscal_positions[key]

    def _line_taxes(self, batch, line, product, fiscal_position):
        """Taxes of a line, mapped by the fiscal position."""
        rate = self._line_tax_rate(batch, line, product)
        taxes = self._taxes_of_rate(batch, rate) if rate is not None else None
        if not taxes:
            taxes = product.taxes_id._filter_taxes_by_company(batch.company)
        if not taxes and product == batch.company.orion_placeholder_product_id:
            taxes = batch.company.account_sale_tax_id
        key = (fiscal_position.id, taxes._ids)
        if key not in batch.mapped_taxes:
            batch.mapped_taxes[key] = fiscal_position.map_tax(taxes)
        return batch.mapped_taxes[key]

    def _taxes_of_rate(self, batch, rate):
        """The company's sale tax of that percent; one in the price goes before others."""
        if batch.rate_taxes is None:
            taxes = self.env["account.tax"].search(
                [
                    *self.env["account.tax"]._check_company_domain(batch.company),
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", "percent"),
                    ("country_id", "=", batch.company.account_fiscal_country_id.id),
                ]
            )
            default = batch.company.account_sale_tax_id
            batch.rate_taxes = {}
            for tax in taxes.sorted(lambda tax: (tax != default, not tax.price_include)):
                batch.rate_taxes.setdefault(round(tax.amount, 4), tax)
        return batch.rate_taxes.get(round(float(rate), 4))
