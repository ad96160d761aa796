from odoo import fields, models


class ResCompany(models.Model):
    """What day it is where a company is: keys expire at the end of a day there."""

    _inherit = "res.company"

    def _orion_today(self):
        """The company's date: in the time zone of its address, else of its working hours."""
        self.ensure_one()
        company = self.sudo()
        zone = company.partner_id.tz or company.resource_calendar_id.tz
        return fields.Date.context_today(self.with_context(tz=zone or "UTC"), fields.Datetime.now())
