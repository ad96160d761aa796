from markupsafe import escape

from odoo import fields, models

from ..engine.cursors import hold_rows
from ..json_field import ReadableJson
from ..sentences import say_kept


class OrionCircuit(models.Model):
    """Whether a channel may be called; a row of its own, so that the engine never writes
    on the channel that people edit."""

    _name = "orion.circuit"
    _description = "Marketplace Circuit"
    _rec_name = "channel_id"

    channel_id = fields.Many2one("orion.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("closed", "Closed"), ("open", "Open")],
        required=True,
        default="closed",
        help="Open: no calls are made, but for a probe now and then.",
    )
    reason = fields.Char(help="The sentence of the error that opened it.")
    sentence = ReadableJson(help="What the reason was made of, to say it in other languages.")
    error_code = fields.Char()
    opened_at = fields.Datetime()
    next_probe_at = fields.Datetime(help="No call is made before this time.")
    failure_count = fields.Integer(help="Failing calls in a row.")
    notified = fields.Boolean(default=True, help="Whether people know of the present state.")

    _channel_unique = models.UniqueIndex("(channel_id)", "A channel has one circuit.")

    def _publish(self):
        """Tell people of a changed state: one activity when it opens, done when it closes."""
        activity_type = self.env.ref("orion_base.activity_type_channel_trouble")
        hold_rows(self.channel_id)
        for circuit in self:
            channel = circuit.channel_id
            if circuit.state == "open":
                channel.activity_unlink([activity_type.get_external_id()[activity_type.id]])
                user = channel._person_to_tell()
                told = circuit.with_context(lang=user.lang)
                channel.write({"state": "error", "connection_problem": told._advice()})
                channel.activity_schedule(
                    "orion_base.activity_type_channel_trouble",
                    summary=told.env._("%(channel)s: calls are paused", channel=channel.name),
                    note=escape(told._advice()),
                    user_id=user.id,
                )
            else:
                channel.activity_feedback(["orion_base.activity_type_channel_trouble"])
                # a key that was just set is not known to be good until a call has succeeded
                if channel.state != "connected" and not circuit.next_probe_at:
                    channel.write({"state": "connected", "connection_problem": False})
        self.notified = True

    def _advice(self):
        """What happened and what to do next, for a person."""
        self.ensure_one()
        reason = (say_kept(self.env, self.reason, self.sentence) or "").rstrip()
        if reason and reason[-1] not in ".!?…":
            reason += "."
        if self.error_code in ("unauthorised", "forbidden"):
            return self.env._(
                "%(reason)s Set a valid key on the channel: everything that waits is then done "
                "by itself.",
                reason=reason,
            )
        return self.env._(
            "%(reason)s Orion tries again by itself, less and less often; nothing is lost. "
            "If the marketplace works in a browser, check the channel's endpoint.",
            reason=reason,
        )
