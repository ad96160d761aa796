import math
from urllib.parse import quote

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import hmac

from odoo.addons.orion_base.lib.gtin import canonical_gtin

from ..lib.product_data import ProductData

#: Products that are read at once.
BATCH = 1000
IMAGE_SCOPE = "orion-feed-image"
_EXTENSIONS = {"image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class OrionFeedBuilder(models.AbstractModel):
    """Products of a channel as `ProductData`, for its feed. A channel addon extends
    `_published_domain`, `_tax_rates` and `_further_values`."""

    _name = "orion.feed.builder"
    _description = "Builder of Product Feeds"

    # === HOOKS === #

    @api.model
    def _published_domain(self, channel):
        """Domain of `product.product`: what is offered without a listing."""
        return Domain.FALSE

    @api.model
    def _further_values(self, channel, products):
        """Values of `ProductData` that only this marketplace has.

        :return: `{product id: {field: value}}`
        """
        return {}

    @api.model
    def _quantities(self, channel, products, listings):
        """Pieces the channel is told: by the rules of the addon that sends stock to it, else what
        is free in the company, less what listings hold back.

        :return: `{product id: whole number}`; absent where no stock is kept
        """
        told = channel._told_quantities(products)
        if told is not None:
            return told
        result = {}
        for product in products:
            free = max(0, math.floor(product.free_qty)) if product.is_storable else None
            listing = listings.get(product.id)
            quantity = self._by_listing(listing, free) if listing else free
            if quantity is not None:
                result[product.id] = quantity
        return result

    @api.model
    def _by_listing(self, listing, free):
        """Pieces by a listing's own rule.

        :param free: None where no stock is kept
        """
        if listing.stock_policy == "never":
            return 0
        if listing.stock_policy == "fixed":
            is_limited = free is not None and not listing.fixed_beyond_stock
            return min(listing.fixed_quantity, free) if is_limited else listing.fixed_quantity
        if free is not None and listing.stock_policy == "own":
            free = max(0, free - listing.safety_stock)
            return min(free, listing.stock_limit) if listing.stock_limit else free
        return free

    # === BUSINESS === #

    @api.model
    def _product_ids(self, channel, include_inactive=False):
        """Ids of what belongs in the channel's feed, in its order.

        A listing decides before the product's own switch: an archived one takes it out.

        :param include_inactive: also archived products and listings, as out of stock
        """
        listings = (
            self.env["orion.listing"]
            .with_context(active_test=False)
            .search_fetch(
                [("channel_id", "=", channel.id)], ["product_id", "active", "display_order"]
            )
        )
        offered = listings if include_inactive else listings.filtered("active")
        domain = Domain("id", "in", offered.product_id.ids)
        domain |= self._published_domain(channel) & Domain("id", "not in", listings.product_id.ids)
        domain &= Domain("company_id", "in", (False, *channel.company_id.parent_ids.ids))
        domain &= Domain("sale_ok", "=", True)
        products = self.env["product.product"].with_context(active_test=not include_inactive)
        orders = {listing.product_id.id: listing.display_order for listing in offered}
        ids = products._search(domain, order="id").get_result_ids()
        return sorted(ids, key=lambda product_id: orders.get(product_id, 10))

    @api.model
    def _iter_products(self, channel, language, product_ids):
        """`(product id, ProductData)` of each, in batches with a constant number of queries."""
        context = {"allowed_company_ids": channel.company_id.ids, "active_test": False}
        builder = self.sudo().with_context(**context)
        channel = channel.sudo().with_context(**context)
        for start in range(0, len(product_ids), BATCH):
            products = builder.env["product.product"].browse(product_ids[start : start + BATCH])
            yield from builder._batch(channel, products, language)
            if len(product_ids) > BATCH:
                builder.env.invalidate_all()

    @api.model
    def _batch(self, channel, products, language):
        listings = {
            listing.product_id.id: listing
            for listing in self.env["orion.listing"].search(
                [("channel_id", "=", channel.id), ("product_id", "in", products.ids)]
            )
        }
        rates = self._tax_rates(channel, products)
        parts = {
            "texts": self._texts(products, listings, language),
            "prices": self._prices(channel, products, listings, rates),
            "quantities": self._quantities(channel, products, listings),
            "images": self._image_links(channel, products),
            "attributes": self._attribute_values(products, language),
            "further": self._further_values(channel, products),
        }
        currency = self._feed_currency(channel).name
        for product in products:
            values = self._values(product, listings.get(product.id), parts)
            values.update(tax_rate=rates[product.id], currency=currency)
            values["link"] = channel._feed_link(values, product)
            yield product.id, ProductData(**values)

    @api.model
    def _values(self, product, listing, parts):
        template, listing = product.product_tmpl_id, listing or self.env["orion.listing"]
        title, description = parts["texts"][product.id]
        price, sale_price = parts["prices"][product.id]
        further = parts["further"].get(product.id, {})
        gtin = canonical_gtin(product.barcode or "") or ""
        mpn = (template.orion_mpn or "").strip()
        offered = product.active and (listing.active or not listing)
        quantity = parts["quantities"].get(product.id) if offered else 0
        group = f"t{template.id}" if sum(template.product_variant_ids.mapped("active")) > 1 else ""
        category = template.categ_id
        return {
            "external_id": (listing.external_sku or product.default_code or "").strip(),
            "title": title,
            "description": description,
            "image_link": parts["images"].get(product.id, ""),
            "price": price,
            "sale_price": sale_price,
            "availability": self._availability(listing, quantity, further, offered),
            "condition": listing.condition or "",
            "brand": (template.orion_brand or "").strip(),
            "gtin": gtin,
            "mpn": mpn,
            "identifier_exists": None if gtin or mpn else False,
            "product_type": " > ".join((category.complete_name or "").split(" / ")),
            "google_product_category": category._orion_google_category() if category else "",
            "item_group_id": group,
            "adult": template.orion_adult or None,
            "quantity": quantity,
            **parts["attributes"].get(product.id, {}),
            **further,
        }

    @api.model
    def _availability(self, listing, quantity, further, offered):
        if not offered:
            return "out_of_stock"
        if listing.availability:
            return listing.availability
        if quantity is None:
            # no stock is kept here: what the feed says that it comes from
            return listing.marketplace_product_id.availability or "in_stock"
        if quantity > 0:
            return "in_stock"
        return "preorder" if further.get("preorder_days") else "out_of_stock"

    # === BUSINESS: images === #

    @api.model
    def _image_links(self, channel, products):
        """Address of each product's image, for those that have one; two queries.

        The picture's checksum is in the address: a new picture is a new address.
        """
        of_variants = self._image_files("product.product", "image_variant_1024", products.ids)
        templates = products.product_tmpl_id
        of_templates = self._image_files("product.template", "image_1024", templates.ids)
        base = channel.get_base_url()
        result = {}
        for product in products:
            found = of_variants.get(product.id) or of_templates.get(product.product_tmpl_id.id)
            if found:
                token = self._image_token(product.id)
                result[product.id] = f"{base}/orion/feed/image/{product.id}/{token}/{found}"
        return result

    @api.model
    def _image_files(self, model, field_name, ids):
        self.env[model].browse(ids).flush_recordset([field_name])
        attachments = self.env["ir.attachment"].search_fetch(
            [("res_model", "=", model), ("res_field", "=", field_name), ("res_id", "in", ids)],
            ["res_id", "checksum", "mimetype"],
        )
        return {
            image.res_id: f"{image.checksum[:16]}.{_EXTENSIONS.get(image.mimetype, 'png')}"
            for image in attachments
        }

    @api.model
    def _image_token(self, product_id):
        """What opens the picture of one product to those who have its address."""
        return hmac(self.sudo().env, IMAGE_SCOPE, product_id)[:32]

    @api.model
    def _link(self, pattern, values, product):
        """Address of a product's page by the channel's pattern."""
        for name, value in (
            ("{id}", str(product.id)),
            ("{sku}", values["external_id"]),
            ("{gtin}", values["gtin"]),
        ):
            pattern = pattern.replace(name, quote(value, safe=""))
        return pattern
