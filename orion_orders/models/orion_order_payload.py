from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.orion_base.engine.cursors import CALLS_LOCK, OUTCOMES_LOCK, try_lock_channel
from odoo.addons.orion_base.engine.wake import wake_workers
from odoo.addons.orion_base.json_field import ReadableJson
from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_base.sentences import say_entry


class OrionOrderPayload(models.Model):
    """What a marketplace sent of an order, as received: for replay, inquiry and failed orders.

    A table of its own keeps the orders light.
    """

    _name = "orion.order.payload"
    _description = "Marketplace Order Payload"
    _inherit = ["orion.json.screen"]
    _order = "received_at desc, id desc"
    _rec_name = "external_id"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    external_id = fields.Char(string="Marketplace ID", required=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty while the order could not be imported.",
    )
    digest = fields.Char(readonly=True)
    payload = ReadableJson(readonly=True)
    payload_text = fields.Text(string="Received", compute="_compute_payload_text")
    received_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    status = fields.Selection(
        [("imported", "Imported"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="imported",
    )
    error = fields.Text(readonly=True, help="Why it could not be imported.")

    _external_id_unique = models.UniqueIndex(
        "(channel_id, external_id)", "There is one payload for each order of a channel."
    )
    _failed_index = models.Index("(channel_id) WHERE status = 'failed'")
    _age_index = models.Index("(received_at)")

    # === COMPUTE === #

    @api.depends("payload")
    def _compute_payload_text(self):
        for payload in self:
            payload.payload_text = self._pretty_json(payload.payload)

    # === ACTIONS === #

    def action_import_again(self):
        """Read these orders again at the marketplace and import them."""
        check_caller(self, USER, "read")
        messages = [
            channel.import_orders(external_ids=payloads.mapped("external_id"))["message"]
            for channel, payloads in self.grouped("channel_id").items()
        ]
        return self.env["sale.order"]._orion_notify(" ".join(messages))

    def action_replay(self):
        """Import the kept payloads, without asking the marketplace."""
        check_caller(self, USER, "read")
        self._take_channels()
        result = self._replay()
        if result.failed:
            raise UserError(
                self.env._(
                    "Orders that still cannot be imported: %(count)s. %(error)s",
                    count=result.failed,
                    error=say_entry(self.env, result.errors[0])["message"],
                )
            )
        return self.env["sale.order"]._orion_notify(
            self.env._("Orders imported again: %(count)s.", count=result.processed)
        )

    # === BUSINESS === #

    def _take_channels(self):
        """Have the channels to oneself until the end of the transaction, as a worker has.

        :raise UserError: when one is being worked on
        """
        for channel in self.channel_id.sorted("id"):
            if not all(
                try_lock_channel(self.env.cr, lock, channel.id)
                for lock in (CALLS_LOCK, OUTCOMES_LOCK)
            ):
                raise UserError(
                    self.env._(
                        "%(channel)s is being worked on right now. Wait a moment and try again.",
                        channel=channel.name,
                    )
                )
        # workers that come meanwhile find the channels taken and go to rest
        wake_workers(self.env, at_once=True)

    def _replay(self):
        """Import kept payloads anew, as if they had just come in.

        :return: an `ImportResult`
        """
        return self.env["orion.order.importer"]._replay(self.sudo())

    # === CRON === #

    @api.autovacuum
    def _gc_old_payloads(self):
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("orion_orders.payload_retention_days", 180)
        )
        limit_date = fields.Datetime.now() - timedelta(days=days)
        old = self.search(
            [("received_at", "<", limit_date), ("status", "=", "imported")],
            limit=GC_UNLINK_LIMIT,
            order="id",
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
