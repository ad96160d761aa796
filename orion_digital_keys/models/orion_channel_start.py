from odoo import models

from odoo.addons.orion_base.engine import committed
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from .orion_schedule import START_JOB

#: Lines of orders that are looked at in one transaction.
LINES = 200


class OrionChannel(models.Model):
    """Orders of the past whose product has become digital get their pieces."""

    _inherit = "orion.channel"

    def _job_direction(self, job_type):
        return "internal" if job_type == START_JOB else super()._job_direction(job_type)

    def _job_key_start(self, state, parameters):
        """Make the pieces of what was sold of products before they were digital, order by order.

        :param state: `{"after": id of the last line}`
        :param parameters: `{"template_ids": [ids]}`
        """
        after = state.get("after", 0)
        template_ids = parameters.get("template_ids") or []
        while after is not None:
            yield PAUSE
            with committed(self.env) as own:
                channel = own["orion.channel"].browse(self.id)
                after, lines, orders = channel._start_lines(template_ids, after)
            yield JobStep(
                processed=lines,
                succeeded=lines,
                counts={"orders_started": orders},
                state={"after": after},
            )

    def _start_lines(self, template_ids, after):
        """Start the next lines of this channel's company.

        :return: `(id of the last line or None at the end, number of lines, orders that got pieces)`
        """
        templates = self.env["product.template"].browse(template_ids).exists()
        domain = templates.filtered("orion_is_digital")._orion_open_lines_domain()
        lines = self.env["sale.order.line"].search(
            [*domain, ("company_id", "=", self.company_id.id), ("id", ">", after)],
            order="id",
            limit=LINES,
        )
        lines.filtered(lambda line: not line.orion_is_digital).orion_is_digital = True
        lines.order_id._orion_start_digital()
        started = lines.filtered("orion_piece_ids").order_id
        return lines[-1:].id or None, len(lines), len(started)
