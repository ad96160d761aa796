from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.lib.backoff import Backoff

#: A refused quantity is told again after some ten minutes, then later each time; the daily
#: comparison tells it anyway.
WAITS = Backoff(base=1200.0, cap=24 * 3600.0)
#: Most listings that are told again in one go; the others follow within minutes.
MOST_LISTINGS = 5000


class OrionListing(models.Model):
    """What follows from the marketplace's answers."""

    _inherit = "orion.listing"

    stock_retry_at = fields.Datetime(
        string="Told Again On",
        readonly=True,
        copy=False,
        help="The marketplace refused the quantity: when it is told again by itself, unless the "
        "stock changes before.",
    )
    stock_refusals = fields.Integer(
        readonly=True, copy=False, help="How often the marketplace refused in a row."
    )

    _stock_retry_index = models.Index("(stock_retry_at) WHERE stock_retry_at IS NOT NULL")

    @api.model
    def _orion_operations_done(self, operations):
        """Take over the outcomes of `push_stock`; idempotent."""
        telling = operations.filtered(lambda one: not one._retires_sku())
        rivals = self.browse(telling.mapped("res_id"))._sku_rivals()
        for operation in telling.sorted("id"):
            listing = self.browse(operation.res_id)
            if operation.status == "completed":
                listing._take_told(operation, rivals[listing])
            elif operation.status == "failed":
                listing._take_refused(operation)
            elif operation.status == "cancelled":
                listing._take_cancelled(operation)

    def _is_newest(self, operation):
        return (operation.payload or {}).get("version") == self.stock_version

    def _take_told(self, operation, rival):
        self.ensure_one()
        problem = self._sku_problem(rival)
        values = {
            "last_pushed_quantity": operation.payload["quantity"],
            "last_pushed_quantity_at": operation.completed_at,
            "stock_error": problem,
        }
        if self._is_newest(operation):
            status = "error" if problem else "told"
            values.update(stock_status=status, stock_refusals=0, stock_retry_at=False)
        self.write(values)

    def _take_refused(self, operation):
        """Told again when the quantity changes, by itself after a while, and by hand."""
        self.ensure_one()
        if not self._is_newest(operation):
            return
        user = operation._responsible_user()
        refusals = self.stock_refusals + 1
        wait = timedelta(seconds=WAITS.probe_interval(refusals))
        self.write(
            {
                "stock_status": "error",
                "stock_error": operation.with_context(lang=user.lang)._said_error(),
                "stock_refusals": refusals,
                "stock_retry_at": fields.Datetime.now() + wait,
            }
        )

    @api.model
    def _cron_tell_again(self):
        """Have those looked at whose time to be told again has come."""
        following = list(self.env["orion.channel"]._stock_channels())
        due = self.with_context(active_test=False).search(
            [("stock_retry_at", "<=", fields.Datetime.now()), ("channel_id", "in", following)],
            limit=MOST_LISTINGS,
        )
        for channel, listings in due.grouped("channel_id").items():
            self.env["orion.stock.change"]._note(listings.product_id.ids, channel.ids)

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
