from odoo import http
from odoo.http import request

from .. import vault
from ..models.orion_digital_piece_portal import shown_key


class OrionKey(http.Controller):
    """A key in clear for the staff: a deliberate POST, which is noted."""

    @http.route("/orion/key/<int:key_id>/reveal", type="jsonrpc", auth="user", methods=["POST"])
    def reveal(self, key_id):
        """The key, for a Marketplace Manager of its company.

        :return: dict `kind` (text, link, image), `value` (of an image a data URL), `filename`
        """
        key = request.env["orion.digital.key"].browse(key_id)
        plain = vault.reveal(key, address=request.httprequest.remote_addr)
        return shown_key(key, plain)
