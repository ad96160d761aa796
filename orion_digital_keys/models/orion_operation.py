from odoo import api, fields, models

from odoo.addons.orion_base.lib.outbox import Repeat, Verb

from ..lib.keys_adapter import ROLE, VERB


class OrionOperation(models.Model):
    _inherit = "orion.operation"

    operation = fields.Selection(selection_add=[(VERB, "Buy keys")], ondelete={VERB: "cascade"})

    @api.model
    def _get_verbs(self):
        return super()._get_verbs() | {VERB: Verb(VERB, ROLE, Repeat.RECONCILABLE)}
