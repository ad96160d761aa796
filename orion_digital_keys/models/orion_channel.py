from odoo import fields, models

from odoo.addons.orion_base.engine import committed
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.keys_adapter import ROLE
from .orion_schedule import FULFIL_JOB, PURCHASE_JOB

#: Orders whose keys are sent in one transaction.
SEND_CHUNK = 20
#: Minutes between two looks at what waits, beside those that events cause.
RETRY_MINUTES = 15


class OrionChannel(models.Model):
    """The storefront's channel gives keys, those of suppliers buy them."""

    _inherit = "orion.channel"

    key_fraud_check = fields.Boolean(
        string="Check Buyers",
        help="The supplier is asked about each buyer before a key is bought for them; who is too "
        "risky is held for a person to look at.",
    )
    key_fraud_limit = fields.Float(
        string="Hold Above", digits=(16, 2), default=1.5, help="Score of a buyer that is held."
    )

    # === SCHEDULES === #

    def _default_schedules(self):
        """A supplier is asked for purchases once it was connected: before that a run would only
        get in the way of the person who enters the key."""
        schedules = super()._default_schedules()
        job = None
        if self.marketplace == "storefront":
            job = FULFIL_JOB
        elif self._adapter_class(ROLE) is not None:
            job = PURCHASE_JOB
        if job:
            schedules.append(
                {
                    "channel_id": self.id,
                    "job_type": job,
                    "enabled": job == FULFIL_JOB or self.state == "connected",
                    "interval_minutes": RETRY_MINUTES,
                }
            )
        return schedules

    def _note_tested(self, error):
        is_first = error is None and self.state == "draft"
        super()._note_tested(error)
        if is_first:
            schedules = self.sudo().schedule_ids
            schedules.filtered(lambda one: one.job_type == PURCHASE_JOB).enabled = True

    def _default_job_interval(self, job_type):
        if job_type in (FULFIL_JOB, PURCHASE_JOB):
            return RETRY_MINUTES
        return super()._default_job_interval(job_type)

    def _job_direction(self, job_type):
        return "internal" if job_type == FULFIL_JOB else super()._job_direction(job_type)

    # === JOB: giving keys === #

    def _job_key_fulfilment(self, state, parameters):
        """Claim keys for what waits and whose time has come, and send what is claimed."""
        yield from self._claim_steps(self.company_id)
        yield from self._send_steps(self.company_id)

    def _claim_steps(self, company):
        claimed = left = True
        while claimed or left:
            yield PAUSE
            with committed(self.env) as own:
                claimed, left = own["orion.digital.piece"]._claim(
                    own["res.company"].browse(company.id)
                )
            yield JobStep(
                processed=len(left),
                counts={"keys_claimed": len(claimed), "keys_waiting": len(left)},
            )

    def _send_steps(self, company):
        tried = []
        while True:
            yield PAUSE
            orders = self._orders_to_send(company, tried)
            if not orders:
                return
            tried += orders.ids
            # as for people who ask for it: what others hold is skipped, which needs READ COMMITTED
            with committed(self.env) as own:
                sent, problems = own["sale.order"].browse(orders.ids)._orion_send_claimed()
            yield JobStep(
                processed=len(sent) + len(problems),
                succeeded=len(sent),
                failed=len(problems),
                counts={"orders_sent": len(sent)},
                errors=tuple(
                    {
                        "message": str(error),
                        "reference": self.env["sale.order"].browse(order_id).name,
                    }
                    for order_id, error in problems
                ),
            )

    def _orders_to_send(self, company, tried):
        """The next orders with claimed keys whose time has come."""
        groups = self.env["orion.digital.piece"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "=", "claimed"),
                ("try_at", "<=", fields.Datetime.now()),
                ("order_id", "not in", tried),
            ],
            ["order_id"],
            limit=SEND_CHUNK,
        )
        return self.env["sale.order"].union(*(order for (order,) in groups))
