from odoo import fields, models

REMINDER = "orion_order_exceptions.activity_type_unknown_product"


class OrionChannel(models.Model):
    """The exceptions of a channel."""

    _inherit = "orion.channel"

    exception_count = fields.Integer(string="Unknown Products", compute="_compute_exception_count")

    def _compute_exception_count(self):
        products = self.env["orion.unknown.product"]
        counts = products._count_by("channel_id", [("channel_id", "in", self.ids)])
        for channel in self:
            channel.exception_count = counts.get(channel, 0)

    def action_open_exceptions(self):
        """The unknown products of this channel."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_order_exceptions.action_orion_order_exception"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)]}

    # === REMINDERS === #

    def _open_reminders(self):
        """Activities that remind of these channels' unknown products."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(REMINDER).id),
                ]
            )
        )

    def _close_reminders(self):
        """Tick off what reminds of channels where nothing waits any more of which somebody was
        reminded."""
        reminders = self._open_reminders()
        if not reminders:
            return
        exceptions = self.env["orion.order.exception"].sudo()
        waiting = exceptions._read_group(
            [
                *exceptions._pending_domain(),
                ("channel_id", "in", self.ids),
                ("reminded_at", "!=", False),
            ],
            ["channel_id"],
        )
        ids = {channel.id for [channel] in waiting}
        reminders.filtered(lambda reminder: reminder.res_id not in ids).unlink()
