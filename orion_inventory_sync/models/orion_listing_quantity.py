from typing import NamedTuple

from odoo import models

from ..lib.stock_rule import fixed_quantity, quantity_to_tell


class StockLook(NamedTuple):
    """What a listing is told now.

    :param available: in the unit sold; None where no stock is kept
    :param quantity: whole pieces; None where nothing is told
    :param rival: another listing that is offered under the same SKU, if any
    """

    available: float | None
    quantity: int | None
    rival: "OrionListing"


class OrionListing(models.Model):
    """What is told of a listing: under which SKU, and how many."""

    _inherit = "orion.listing"

    # === SKU === #

    def _with_same_sku(self):
        """These listings, and all others of their channels under the same SKUs."""
        skus = {listing.stock_sku for listing in self if listing.stock_sku}
        if not skus:
            return self
        return self | self.with_context(active_test=False).search(
            [("channel_id", "in", self.channel_id.ids), ("stock_sku", "in", list(skus))]
        )

    def _is_offered(self):
        """Whether the channel may sell it at all."""
        self.ensure_one()
        product = self.product_id
        return self.active and self.stock_policy != "never" and product.active and product.sale_ok

    def _sku_rivals(self):
        """`{listing: another one that is offered under its SKU, or none}`; one search."""
        first_two = {}
        for listing in self._with_same_sku().sorted("id"):
            found = first_two.setdefault((listing.channel_id, listing.stock_sku), [])
            if len(found) < 2 and listing._is_offered():
                found.append(listing)
        result = {}
        for listing in self:
            found = first_two.get((listing.channel_id, listing.stock_sku), ())
            others = (other for other in found if listing.stock_sku and other != listing)
            result[listing] = next(others, self.browse())
        return result

    # === QUANTITY === #

    def _stock_quantities(self, channel, found=None):
        """What these listings of one channel are told now.

        :param found: what is available of their products, where that is known
        :return: `{listing: StockLook}`
        """
        if found is None:
            found = self.env["orion.stock.availability"]._available(channel, self.product_id)
        rivals = self._sku_rivals()
        result = {}
        for listing in self:
            available = found.get(listing.product_id.id)
            if available is not None and listing.stock_uom_id:
                available = listing.product_id.uom_id._compute_quantity(
                    available, listing.stock_uom_id, round=False
                )
            quantity = listing._stock_quantity(channel, available, rivals[listing])
            result[listing] = StockLook(available, quantity, rivals[listing])
        return result

    def _stock_quantity(self, channel, available, rival):
        self.ensure_one()
        rule = channel._stock_rule(self)
        positive = self.stock_ever_positive
        if not self._is_offered():
            # nothing of it may be sold any more; who never heard of it need not hear this, and
            # who has the SKU now is told for it
            return 0 if positive and not rival else None
        if rival:
            # whichever of them is told, pieces of the other one would be sold
            return 0 if positive else None
        if self.stock_policy == "fixed":
            return fixed_quantity(
                self.fixed_quantity,
                available,
                rule,
                beyond_stock=self.fixed_beyond_stock,
                ever_positive=positive,
            )
        return quantity_to_tell(available, rule, ever_positive=positive)

    def _told_of(self, channel, products):
        """Quantities of products for a channel, with the rules of these listings.

        :return: `{product id: pieces}`; 0 where a push would leave the product out
        """
        found = self.env["orion.stock.availability"]._available(channel, products)
        listed = self._stock_quantities(channel, found)
        rule = channel._stock_rule()
        result = {
            product_id: quantity_to_tell(available, rule) or 0
            for product_id, available in found.items()
        }
        for listing, look in listed.items():
            if look.quantity is not None or look.available is not None:
                result[listing.product_id.id] = look.quantity or 0
        return result
