from odoo import api, models


class OrionCredential(models.Model):
    _inherit = "orion.credential"

    @api.model
    def _rotation_targets(self):
        return [*super()._rotation_targets(), ("orion.channel", "feed_token_ciphertext", None)]
