from odoo import models

from odoo.addons.orion_base.lib.job import JobStep

MATCH_JOB = "exception_match"
#: Exceptions matched in one step.
MATCH_SIZE = 200


class OrionChannel(models.Model):
    """Exceptions of a channel: the job that matches them, and what `get_status` says."""

    _inherit = "orion.channel"

    def _job_exception_match(self, state, parameters):
        """Match pending exceptions again; nothing is asked of the marketplace.

        :param state: `{"after": id}`
        :param parameters: `{"gtins": [canonical], "skus": [text]}`, or empty for all
        """
        exceptions = self.env["orion.order.exception"]
        after = state.get("after", 0)
        while found := exceptions._find_to_match(self, parameters, after, MATCH_SIZE):
            result = found._match_again(self)
            after = found[-1].id
            yield JobStep(
                processed=len(found),
                succeeded=len(found),
                counts={
                    "exceptions_resolved": len(result.resolved),
                    "orders_released": len(result.orders_released),
                },
                state={"after": after},
            )

    def _job_direction(self, job_type):
        return "internal" if job_type == MATCH_JOB else super()._job_direction(job_type)

    def _status_counts(self):
        """Exceptions by status."""
        counts = super()._status_counts()
        exceptions = self.env["orion.order.exception"].sudo()
        for channel in self:
            counts[channel.id]["exceptions"] = dict.fromkeys(("pending", "resolved", "ignored"), 0)
        for channel, status, count in exceptions._read_group(
            [("channel_id", "in", self.ids)], ["channel_id", "status"], ["__count"]
        ):
            counts[channel.id]["exceptions"][status] = count
        return counts
