from odoo import api, models


class OrionListing(models.Model):
    """What follows from the marketplace's answers."""

    _inherit = "orion.listing"

    @api.model
    def _orion_operations_done(self, operations):
        """Take over the outcomes of `push_stock`; idempotent."""
        for operation in operations.sorted("id"):
            listing = self.browse(operation.res_id)
            if operation.status == "completed":
                listing._take_told(operation)
            elif operation.status == "failed":
                listing._take_refused(operation)
            elif operation.status == "cancelled":
                listing._take_cancelled(operation)

    def _is_newest(self, operation):
        return (operation.payload or {}).get("version") == self.stock_version

    def _take_told(self, operation):
        self.ensure_one()
        values = {
            "last_pushed_quantity": operation.payload["quantity"],
            "last_pushed_quantity_at": operation.completed_at,
            "stock_error": False,
        }
        if self._is_newest(operation):
            values["stock_status"] = "told"
        self.write(values)

    def _take_refused(self, operation):
        """Told again when the quantity changes, by the daily comparison, and by hand."""
        self.ensure_one()
        if self._is_newest(operation):
            user = operation._responsible_user()
            error = operation.with_context(lang=user.lang)._said_error()
            self.write({"stock_status": "error", "stock_error": error})

    def _take_cancelled(self, operation):
        """Somebody gave it up, so what the channel knows is not what it should."""
        self.ensure_one()
        if self._is_newest(operation):
            self.write({"stock_status": "none"})

    @api.model
    def _note_fetched(self, channel, published_at, fetched_at):
        """The marketplace has fetched what was published at `published_at`: what was queued
        before is known to it now."""
        listings = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("stock_status", "=", "pending"),
                    ("stock_queued_at", "<", published_at),
                ]
            )
        )
        for listing in listings:
            listing.write(
                {
                    "last_pushed_quantity": listing.stock_queued_quantity,
                    "last_pushed_quantity_at": fetched_at,
                    "stock_status": "told",
                    "stock_error": False,
                }
            )
