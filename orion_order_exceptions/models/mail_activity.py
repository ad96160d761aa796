from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _orion_channel(self):
        """The channel that this activity is about; empty for others."""
        channels = self.env["orion.channel"]
        return channels.browse(self.res_id) if self.res_model == channels._name else channels
