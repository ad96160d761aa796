from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import MANAGER, check_caller


class OrionDigitalPiece(models.Model):
    """A piece on the screens of the staff."""

    _inherit = "orion.digital.piece"

    masked = fields.Char(related="key_id.masked", string="Key Begins With")

    def _reasons_said(self):
        """Why these pieces wait, each reason once, in the language of the environment."""
        said = dict(self._fields["reason"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        reasons = [said[piece.reason] if piece.reason else states[piece.state] for piece in self]
        return ", ".join(dict.fromkeys(reasons))

    @api.model
    def _orders_by_company(self, domain):
        """`{company: number of orders}` of the pieces of `domain`; one query."""
        return dict(self._read_group(domain, ["company_id"], ["order_id:count_distinct"]))

    def action_open_release(self):
        """Ask why these pieces may be let go."""
        check_caller(self, MANAGER, "read")
        if not self:
            raise UserError(self.env._("No key of these orders is held."))
        title = self.env._("Release Held Keys")
        return self.env["orion.key.release"]._open_dialog(title, piece_ids=self.ids)

    def action_open_reveal(self):
        """Open the dialog that shows the key of this piece."""
        self.ensure_one()
        return self.key_id.action_open_reveal()
