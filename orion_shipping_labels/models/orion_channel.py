from dataclasses import replace

from odoo import fields, models

from odoo.addons.orion_base.lib.job import PAUSE

from .orion_shipping_label_fetch import FETCH_JOB


class OrionChannel(models.Model):
    _inherit = "orion.channel"

    tell_tracking = fields.Boolean(
        string="Tell Tracking of Deliveries",
        default=True,
        help="When a delivery with a tracking number is validated, the marketplace is told the "
        "number by itself, and once more when it is corrected. Off: only Set Tracking tells it.",
    )

    def _most_tracking_numbers(self):
        """How many tracking numbers of one order the marketplace takes; 0 for any number. Channel
        addons say it."""
        self.ensure_one()
        return 0

    def _label_responsible(self):
        """Who is told of labels; empty where the company has nobody."""
        self.ensure_one()
        user = self.sudo().responsible_id
        if self.company_id in user.company_ids:
            return user
        return self.env["orion.alert"].sudo()._responsible(self.company_id)

    def _job_label_fetch(self, state, parameters):
        """Fetch labels, one a step.

        :param state: `{"left": [label ids]}`
        :param parameters: `{"label_ids": [ids]}`
        """
        left = list(state.get("left", parameters.get("label_ids") or []))
        while left:
            label = self.env["orion.shipping.label"].browse(left[0])
            left = left[1:]
            for step in label._fetch_steps():
                yield step if step is PAUSE else replace(step, state={"left": left})

    def _job_direction(self, job_type):
        return "internal" if job_type == FETCH_JOB else super()._job_direction(job_type)
