from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.engine.wake import wake_workers
from odoo.addons.orion_base.rpc import USER, check_caller


class OrionDigitalPiece(models.Model):
    """A piece whose key turned out defective gets another one."""

    _inherit = "orion.digital.piece"

    def replace_key(self, reason=""):
        """Lock the keys of these delivered pieces, and give and send others.

        :param str reason: what is wrong with them; keys of their orders in it are masked
        :return: `{success, message}`
        :raise UserError: when there is no reason, or a piece is not delivered
        """
        check_caller(self, USER, "read")
        check_caller(self.order_id, USER, "write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the key is replaced."))
        hold_rows(self)
        if self - self._shown():
            raise UserError(self.env._("Only a delivered key can be replaced."))
        pieces = self.sudo()
        reason = pieces.order_id._without_keys(reason)
        for piece in pieces:
            piece._say_replaced(reason)
        pieces.key_id.write({"state": "replaced", "reason": reason})
        pieces.write(
            {
                "sent_at": False,
                "first_seen_at": False,
                "mail_problem": False,
                "mail_delay": False,
                "purchase_id": False,
            }
        )
        pieces._wait_anew()
        wake_workers(self.env)
        return {
            "success": True,
            "message": self.env._("The key is locked. Another one is sent in a moment."),
        }

    def action_open_replace(self):
        """Ask for the reason."""
        self.ensure_one()
        check_caller(self, USER, "read")
        title = self.env._("Replace a Defective Key")
        return self.env["orion.key.replace"]._open_dialog(title, piece_id=self.id)

    def _say_replaced(self, reason):
        """Who replaced a key and why, beside the order."""
        told = self.order_id._orion_for_reader()
        told.with_user(self.env.uid).sudo().message_post(
            body=told.env._(
                "A key of %(product)s is replaced: %(reason)s",
                product=self.product_id.with_context(lang=told.env.lang).display_name,
                reason=reason,
            ),
            subtype_xmlid="mail.mt_note",
        )
