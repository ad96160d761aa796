import base64

from odoo import models

from .. import vault
from ..lib.key_list import mimetype_of


class OrionDigitalPiece(models.Model):
    """A piece on the page of its buyer."""

    _inherit = "orion.digital.piece"

    def _bought_by(self, user):
        """The pieces that the account of `user` bought, itself or its company.

        Staff is no buyer here: it has the back office, where revealing needs a right.
        """
        buyer = user.partner_id.commercial_partner_id
        if not user._is_portal():
            return self.browse()
        return self.filtered(lambda piece: piece.buyer_id == buyer)

    def _not_delivered_yet(self):
        """Those for which a key is still to come."""
        return self.filtered(
            lambda piece: piece.state in ("waiting", "claimed", "ordered", "preordered", "held")
        )

    def _reveal_to_buyer(self, place, address):
        """The key in clear for its buyer's page; it leaves a line, and the piece is seen.

        :param place: `portal` or `link`
        :param address: network address of who looks
        :return: dict `kind` (text, link, image), `value` (of an image a data URL), `filename`
        """
        self.ensure_one()
        key = self.key_id
        plain = vault.reveal(key, place=place, address=address)
        self._note_seen()
        return shown_key(key, plain)


def shown_key(key, plain):
    """A key in clear as a page takes it."""
    if key.kind == "image":
        plain = f"data:{mimetype_of(plain)};base64,{base64.b64encode(plain).decode()}"
    return {"kind": key.kind, "value": plain, "filename": key.filename or False}
