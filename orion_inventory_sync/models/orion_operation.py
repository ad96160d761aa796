from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.orion_base.lib.outbox import Repeat, Verb

from ..lib.stock_adapter import LARGEST_BATCH, ROLE, VERB

#: A quantity is true whenever it arrives, so a failing service is tried for longer than others.
MOST_ATTEMPTS = 10


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
            settle_seconds=1,
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
        listings._lock_stock()
        for channel, operations in telling.grouped("channel_id").items():
            by_listing = {operation.res_id: operation for operation in operations}
            found = listings.filtered(lambda one, channel=channel: one.channel_id == channel)
            for listing_id, payload in found._current_payloads(channel).items():
                operation = by_listing[listing_id]
                if payload != operation.payload:
                    operation.payload = payload
                    payloads[operation.id] = payload
        return payloads

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
        activities."""
        self.ensure_one()
        if self.operation != VERB:
            super()._notify_failure()
