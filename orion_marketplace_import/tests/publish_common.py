from decimal import Decimal

from odoo.tests import TransactionCase

from ..lib.product_data import ProductData


class PublishCase(TransactionCase):
    """A company with taxes on top of prices, and a channel whose rows are staged directly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.company = cls._company("Épicerie Muller")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.tax = cls._tax(17, "tax_excluded")
        cls.low_tax = cls._tax(3, "tax_included")
        cls.company.account_sale_tax_id = cls.tax
        cls.channel = cls._channel(cls.company)
        cls.staged = cls.env["orion.marketplace.product"]
        cls.publisher = cls.env["orion.publisher"]

    @classmethod
    def _company(cls, name):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.euro.id,
                "country_id": cls.env.ref("base.lu").id,
            }
        )
        cls.env.user.company_ids += company
        return company

    @classmethod
    def _channel(cls, company):
        return cls.env["orion.channel"].create(
            {"name": "Our channel", "marketplace": "storefront", "company_id": company.id}
        )

    @classmethod
    def _tax(cls, percent, include, **values):
        group = cls.env["account.tax.group"].create(
            {"name": f"VAT {percent}", "company_id": cls.company.id}
        )
        return cls.env["account.tax"].create(
            {
                "name": f"VAT {percent} {include} {len(values)}",
                "amount": percent,
                "price_include_override": include,
                "company_id": cls.company.id,
                "tax_group_id": group.id,
                "country_id": cls.env.ref("base.lu").id,
                **values,
            }
        )

    @classmethod
    def stage(cls, *products, channel=None, language="fr", is_full=False):
        """Stage rows as an import does."""
        channel = channel or cls.channel
        job = cls.env["orion.import.job"].create(
            {"channel_id": channel.id, "language": language, "is_full": is_full}
        )
        job.write({"started_at": "2100-01-01 00:00:00"})
        cls.env["orion.staging"]._merge(job, list(products))
        if is_full:
            cls.env["orion.staging"]._mark_missing(job)
        cls.env["orion.staging"]._forget_met(job)
        return job

    @classmethod
    def data(cls, number, title=None, price="9.90", **values):
        values.setdefault("tax_rate", Decimal(17))
        return ProductData(
            external_id=f"P{number}",
            title=title or f"Produit {number}",
            price=None if price is None else Decimal(price),
            **values,
        )

    @classmethod
    def row(cls, number, channel=None):
        channel = channel or cls.channel
        return cls.staged.search(
            [("external_id", "=", f"P{number}"), ("channel_id", "=", channel.id)]
        )

    def publish(self, *products, **options):
        """Stage rows, and publish all that are staged."""
        self.stage(*products, **options)
        return self.staged.search([("channel_id", "=", self.channel.id)]).publish()

    def published(self, number, **values):
        """The product of a row that is staged and published now."""
        result = self.publish(self.data(number, **values))
        row = self.row(number)
        self.assertEqual(row.publish_status, "published", row.publish_problem_text)
        self.assertEqual(result["clashes"], 0)
        return row.product_id
