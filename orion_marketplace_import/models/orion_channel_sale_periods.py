from odoo import api, fields, models
from odoo.tools import SQL

from .orion_channel_publish import PUBLISH


class OrionChannel(models.Model):
    """Sale prices that begin or end without a new import."""

    _inherit = "orion.channel"

    @api.model
    def _cron_follow_sale_periods(self):
        """Have published what has begun or ended to be on offer, where the channel's rule
        publishes; elsewhere it is shown as changed. Asks the database about those only."""
        until = fields.Datetime.now()
        due = self._with_sale_turns(until)
        publisher = self.env["orion.publisher"].sudo()
        by_hand = due.filtered(lambda channel: channel.publish_rule == "manual")
        if by_hand:
            publisher._follow_sale_periods(by_hand, until)
            publisher._forget_sale_turns(by_hand, until)
        for channel in due - by_hand - self._with_waiting_turns(due):
            channel._request_publishing(
                {"rule": channel.publish_rule, "sale_until": fields.Datetime.to_string(until)},
                "scheduler",
            )

    @api.model
    def _with_sale_turns(self, until):
        """Active channels with published rows whose sale price has begun or ended by `until`."""
        self.env["orion.marketplace.product"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT s.channel_id FROM orion_marketplace_product s
                  JOIN orion_channel c ON c.id = s.channel_id AND c.active
                 WHERE s.sale_turns_at <= %s AND s.published_at IS NOT NULL
                """,
                until,
            )
        )
        return self.sudo().browse(channel_id for [channel_id] in found)

    def _with_waiting_turns(self, channels):
        """Those of `channels` whose former turns are still waiting to be published."""
        waiting = (
            self.env["orion.sync.log"]
            .sudo()
            .search(
                [
                    ("channel_id", "in", channels.ids),
                    ("operation_type", "=", PUBLISH),
                    ("status", "in", ("pending", "running")),
                ]
            )
        )
        return waiting.filtered(lambda log: "sale_until" in (log.parameters or {})).channel_id
