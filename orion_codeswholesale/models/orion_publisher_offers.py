from odoo import fields, models

from ..lib.catalogue import BANDS, read_bands
from .orion_channel import CODE


class OrionPublisher(models.AbstractModel):
    """A supplier's product is no listing: nothing is sold there. It is an offer to buy, with the
    vendor's prices."""

    _inherit = "orion.publisher"

    def _publish_listings(self, batch):
        if batch.channel.marketplace != CODE:
            return super()._publish_listings(batch)
        self._publish_offers(batch)
        self._publish_vendor_prices(batch)
        self._ask_for_regions(batch)
        return self.env["orion.listing"]

    def _publish_offers(self, batch):
        """Offers of new products are as the rows say. Price and stock of known ones follow the
        supplier's own words (`_follow_offers`, quotes, refusals), which may be younger than what
        was staged some time ago."""
        rows = batch.open_rows()
        known = {
            (offer.product_id.id, offer.external_id): offer
            for offer in self.env["orion.key.offer"].search(
                [
                    ("channel_id", "=", batch.channel.id),
                    ("external_id", "in", [row.external_id for row in rows]),
                ]
            )
        }
        missing = set(
            self.env["orion.marketplace.product"]
            .browse(row.id for row in rows)
            .filtered("missing_since")
            .ids
        )
        new, news = [], {}
        for row in rows:
            values = self._offer_values(batch, row, is_sold=row.id not in missing)
            offer = known.get((batch.products[row.id], row.external_id))
            if offer is None:
                new.append(
                    {
                        "channel_id": batch.channel.id,
                        "product_id": batch.products[row.id],
                        "external_id": row.external_id,
                        **values,
                    }
                )
                continue
            if offer.updated_at:
                values = {"currency_id": values["currency_id"]}
            news[offer] = values if row.is_published else {**values, "active": True}
        self.env["orion.key.offer"]._note_all(news)
        self.env["orion.key.offer"].create(new)

    def _offer_values(self, batch, row, is_sold):
        currency = batch.currencies.get(row.currency, batch.company.currency_id)
        return {
            "unit_price": row.price,
            "currency_id": currency.id,
            "available": (row.quantity or 0) if is_sold else 0,
            "is_gone": not is_sold,
            "is_preorder": row.availability == "preorder",
            "updated_at": fields.Datetime.now(),
        }

    def _publish_vendor_prices(self, batch):
        """Price bands as quantities of the vendor's price list; written anew where they differ."""
        vendor = batch.channel._key_vendor()
        rows = batch.open_rows()
        products = self.env["product.product"].browse(batch.products[row.id] for row in rows)
        known = (
            self.env["product.supplierinfo"]
            .search(
                [
                    ("partner_id", "=", vendor.id),
                    ("product_id", "in", products.ids),
                    ("product_code", "in", [row.external_id for row in rows]),
                    ("company_id", "=", batch.company.id),
                ]
            )
            .grouped(lambda line: (line.product_id.id, line.product_code))
        )
        old, new = self.env["product.supplierinfo"], []
        for row, product in zip(rows, products, strict=True):
            lines = known.get((product.id, row.external_id), self.env["product.supplierinfo"])
            currency = batch.currencies.get(row.currency, batch.company.currency_id)
            bands = read_bands((row.attributes or {}).get(BANDS, ""))
            wanted = {(float(band.from_quantity), float(band.price)) for band in bands}
            if wanted == {(line.min_qty, line.price) for line in lines}:
                continue
            old |= lines
            new += [
                {
                    "partner_id": vendor.id,
                    "product_id": product.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_code": row.external_id,
                    "company_id": batch.company.id,
                    "currency_id": currency.id,
                    "min_qty": quantity,
                    "price": price,
                }
                for quantity, price in sorted(wanted)
            ]
        old.unlink()
        self.env["product.supplierinfo"].create(new)

    def _ask_for_regions(self, batch):
        """A person says where a key of an unknown region can be activated."""
        rows = self.env["orion.marketplace.product"].browse(batch.created)
        for row in rows.filtered("codeswholesale_unknown_regions"):
            product = self.env["product.product"].browse(batch.products[row.id])
            responsible = batch.channel.responsible_id or self.env.user
            lang = responsible.lang or "en_US"
            product.product_tmpl_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=responsible.id,
                summary=self.with_context(lang=lang).env._("Where can its keys be activated?"),
                note=self.with_context(lang=lang).env._(
                    "CodesWholesale names the region “%(regions)s”, which is not known here. Set "
                    "the countries or regions of activation, then allow selling it.",
                    regions=row.codeswholesale_unknown_regions,
                ),
            )

    def _take_back(self, staged):
        suppliers = staged.filtered(lambda row: row.channel_id.marketplace == CODE)
        self.env["orion.key.offer"].sudo().search(
            [
                ("channel_id", "in", suppliers.channel_id.ids),
                ("product_id", "in", suppliers.product_id.ids),
                ("external_id", "in", suppliers.mapped("external_id")),
            ]
        ).active = False
        return super()._take_back(staged)
