from odoo import api, models


class OrionPublisher(models.AbstractModel):
    """Undoing a publication."""

    _inherit = "orion.publisher"

    @api.model
    def _take_back(self, staged):
        """Archive the listings of these rows, and the products made for them that are unused.

        :return: how many products were archived
        """
        archived = 0
        for channel, rows in staged.grouped("channel_id").items():
            publisher, _channel = self._quietly(channel)
            rows = rows.with_env(publisher.env)
            rows.listing_ids.write({"active": False, "archived_as_missing": False})
            made = rows.filtered("is_product_created").product_id.filtered("active")
            unused = made - made._orion_used()
            unused.with_context(active_test=True).action_archive()
            archived += len(unused)
            rows.write(
                {
                    "published_at": False,
                    "published_digests": False,
                    "is_held_back": True,
                    "publish_problem": False,
                    "sale_turns_at": False,
                }
            )
        return archived

    def _restore(self, row, product):
        """Published again after it was taken back."""
        if not row.is_published and row.is_product_created and not product.active:
            product.with_context(active_test=True).action_unarchive()
