from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.outbox import Repeat, Verb

from ..lib.stock_adapter import LARGEST_BATCH, ROLE, VERB

#: A quantity is true whenever it arrives, so a failing service is tried for longer than others.
MOST_ATTEMPTS = 10
#: A request that nobody heard of may still be worked on there: a newer quantity that overtook it
#: would be overwritten. Marketplaces give up on a request of their own after about so long.
SETTLE_SECONDS = 30


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    operation = fields.Selection(selection_add=[(VERB, "Tell stock")], ondelete={VERB: "cascade"})

    @api.model
    def _get_verbs(self):
        verb = Verb(
            VERB,
            ROLE,
            Repeat.REPEATABLE,
            batch_size=LARGEST_BATCH,
            settle_seconds=SETTLE_SECONDS,
            refreshed=True,
        )
        return super()._get_verbs() | {VERB: verb}

    @api.model
    def _prepare_values(self, channel, operation, values):
        prepared = super()._prepare_values(channel, operation, values)
        if operation == VERB:
            prepared["max_attempts"] = MOST_ATTEMPTS
        return prepared

    def _refresh_payloads(self):
        """Quantities as they are now, whatever has happened since these were enqueued."""
        payloads = super()._refresh_payloads()
        telling = self.filtered(lambda op: op.operation == VERB)
        listings = self.env["orion.listing"].with_context(active_test=False)
        listings = listings.browse(telling.mapped("res_id"))
        hold_rows(listings)
        listings = listings.exists()
        for channel, operations in telling.grouped("channel_id").items():
            if not channel._pushes_stock():
                operations._withdraw_stock("The channel is not sent stock any more.")
                continue
            retiring = operations.filtered(lambda op: op._retires_sku())
            retiring._withdraw_used_skus(channel)
            found = listings.filtered(lambda one, channel=channel: one.channel_id == channel)
            payloads |= (operations - retiring)._refresh_quantities(channel, found)
        return payloads

    def _refresh_quantities(self, channel, listings):
        """`{operation id: payload}` of those that have another one now."""
        current = listings._current_payloads(channel)
        pointless = self.filtered(lambda op: op.res_id not in current)
        pointless._withdraw_stock("There is nothing to tell of this listing any more.")
        payloads = {}
        for operation in self - pointless:
            payload = current[operation.res_id]
            if payload != operation.payload:
                operation.payload = payload
                payloads[operation.id] = payload
        return payloads

    def _retires_sku(self):
        """Whether it tells 0 of a SKU under which its listing is not told any more."""
        self.ensure_one()
        return bool((self.payload or {}).get("retired"))

    def _withdraw_used_skus(self, channel):
        """A SKU under which another listing has something to sell is told by that one."""
        if not self:
            return
        skus = [operation.payload["sku"] for operation in self]
        listings = self.env["orion.listing"].search(
            [("channel_id", "=", channel.id), ("stock_sku", "in", skus)]
        )
        looks = listings._stock_quantities(channel)
        used = {listing.stock_sku for listing, look in looks.items() if look.quantity}
        self.filtered(lambda op: op.payload["sku"] in used)._withdraw_stock(
            "Another listing is told under this SKU."
        )

    def _withdraw_stock(self, reason):
        """Give these up by themselves: no worker sends them any more."""
        self.write(
            {
                "status": "cancelled",
                "cancel_reason": reason,
                "applied": False,
                "apply_after": False,
                "lease_token": False,
                "lease_until": False,
            }
        )

    @api.autovacuum
    def _gc_told_stock(self):
        """Quantities that newer ones have followed say nothing any more."""
        days = self.env["ir.config_parameter"].sudo().get_param("orion_base.log_retention_days", 90)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM orion_operation WHERE id IN (
                    SELECT o.id FROM orion_operation o
                     WHERE o.operation = %s AND o.status IN ('completed', 'cancelled')
                       AND o.applied AND o.create_date < %s
                       AND EXISTS (SELECT FROM orion_operation newer
                                    WHERE newer.res_model = o.res_model
                                      AND newer.res_id = o.res_id AND newer.id > o.id)
                     LIMIT %s)
                """,
                VERB,
                fields.Datetime.now() - timedelta(days=int(days)),
                GC_UNLINK_LIMIT,
            )
        )
        done = self.env.cr.rowcount
        return done, done == GC_UNLINK_LIMIT

    def _notify_failure(self):
        """What fails for one listing stands on it: a thousand refused listings are no thousand
        activities. A SKU that could not be told 0 stands nowhere else."""
        self.ensure_one()
        if self.operation != VERB or self._retires_sku():
            super()._notify_failure()
