from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.publishing.prices import next_turn


class OrionPublisher(models.AbstractModel):
    """Sale prices that hold within a period only: each published row knows when its own next begins
    or ends to hold."""

    _inherit = "orion.publisher"

    def _now(self):
        return fields.Datetime.now().replace(tzinfo=timezone.utc)

    def _sale_turns_at(self, row):
        """Naive UTC of the moment at which the row's sale price begins or ends to hold; None: it
        does not change any more."""
        turn = next_turn(row.sale_period, self._now()) if row.sale_price else None
        return turn and turn.replace(tzinfo=None)

    @api.model
    def _follow_sale_periods(self, channels, until):
        """Published rows whose sale price has begun or ended to hold by `until` have to be
        published again."""
        turned = SQL("channel_id = ANY(%s) AND sale_turns_at <= %s", channels.ids, until)
        self._mark_changed(turned)

    @api.model
    def _forget_sale_turns(self, channels, until):
        """What is still due then is not published by rule: it stays “changed”, for a person."""
        self.env["orion.marketplace.product"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE orion_marketplace_product SET sale_turns_at = NULL"
                " WHERE channel_id = ANY(%s) AND sale_turns_at <= %s",
                channels.ids,
                until,
            )
        )
        self.env["orion.marketplace.product"].invalidate_model(["sale_turns_at"])
