from odoo import models

from odoo.addons.orion_base.engine.cursors import hold_rows

from ..lib.publishing.merge import to_write
from ..lib.publishing.prices import is_on_offer


class OrionPublisher(models.AbstractModel):
    """The listings of published rows. What the store sets there is never overwritten."""

    _inherit = "orion.publisher"

    def _publish_listings(self, batch):
        rows = batch.open_rows()
        listings = self._listings_of(batch, [batch.products[row.id] for row in rows])
        new = [row for row in rows if batch.products[row.id] not in listings]
        created = self.env["orion.listing"].create(
            [
                {
                    "channel_id": batch.channel.id,
                    "product_id": batch.products[row.id],
                    "external_sku": row.external_id,
                    "marketplace_product_id": row.id,
                    **self._listing_values(batch, row),
                }
                for row in new
            ]
        )
        for row in new:
            self._keep_listing_values(batch, row, self._listing_values(batch, row))
        for row in rows:
            listing = listings.get(batch.products[row.id])
            if listing:
                self._update_listing(batch, row, listing)
        return created

    def _listings_of(self, batch, product_ids):
        found = self.env["orion.listing"].search(
            [("channel_id", "=", batch.channel.id), ("product_id", "in", product_ids)]
        )
        # jobs of other addons write them too
        hold_rows(found)
        return {listing.product_id.id: listing for listing in found}

    def _listing_values(self, batch, row):
        """What the feed gives a listing."""
        values = {"condition": row.condition or "new", "sale_price": 0.0, "price": 0.0}
        if row.sale_price and is_on_offer(row.sale_period, self._now()):
            values["sale_price"] = float(self._gross(batch, row, row.sale_price))
        if row.id in batch.odd_prices:
            values["price"] = float(batch.odd_prices[row.id])
        return values

    def _update_listing(self, batch, row, listing):
        wanted = self._listing_values(batch, row)
        published = row.published_values.get("listing", {})
        current = {name: listing[name] for name in wanted}
        changes = to_write(current, published, wanted)
        price = changes.get("price", listing.price)
        if price and changes.get("sale_price", 0.0) > price:
            # above the price on the listing it reduces nothing
            wanted["sale_price"] = 0.0
            changes = to_write(current, published, wanted)
        changes |= self._taken_over(row, listing)
        if not row.is_published and row.product_id:
            # taken back before, and published again by hand
            changes |= {"active": True}
        if changes:
            listing.write(changes)
        self._keep_listing_values(batch, row, wanted)

    def _taken_over(self, row, listing):
        """Values of a listing that is this row's from now on."""
        former = listing.marketplace_product_id
        if former.id == row.id or former.product_id == listing.product_id:
            return {} if listing.external_sku else {"external_sku": row.external_id}
        values = {"marketplace_product_id": row.id}
        if not listing.external_sku or listing.external_sku == former.external_id:
            values["external_sku"] = row.external_id
        # what the store has archived itself stays so
        if former and (listing.archived_as_missing or former.is_held_back):
            values |= {"active": True, "archived_as_missing": False}
        return values

    def _keep_listing_values(self, batch, row, values):
        batch.values.setdefault(row.id, {})["listing"] = values

    # === MISSING IN THE FEED === #

    def _follow_missing(self, channel):
        """Archive the listings whose row is missing in the feed, restore those whose row is back,
        or all where the channel does not want it any more.

        :return: `(archived, restored)` counts
        """
        publisher, channel = self._quietly(channel)
        listings = publisher.env["orion.listing"]
        of_channel = [("channel_id", "=", channel.id)]
        gone = listings.search(
            [
                *of_channel,
                ("active", "=", True),
                ("marketplace_product_id.missing_since", "!=", False),
            ]
        )
        back = listings.search([*of_channel, ("archived_as_missing", "=", True)])
        if channel.publish_missing == "archive":
            back = back.filtered(lambda each: not each.marketplace_product_id.missing_since)
        else:
            gone = gone.browse()
        hold_rows(gone | back)
        gone.write({"active": False, "archived_as_missing": True})
        back.write({"active": True, "archived_as_missing": False})
        return len(gone), len(back)
