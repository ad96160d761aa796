from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.orion_base.log_redaction import hide_addresses
from odoo.addons.portal.controllers.portal import CustomerPortal

from .. import link

hide_addresses(r"/orion/keys/")

#: Neither a cache nor the site that a link on the page leads to learns the address or the keys.
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class DigitalKeysPortal(CustomerPortal):
    """Where buyers see their keys: with their account, or by the address in the e-mail.

    Pages show masked keys; a key in clear is the answer to a POST alone, which is noted.
    """

    # === WITH AN ACCOUNT === #

    @http.route("/my/orders/<int:order_id>/keys", type="http", auth="user", website=True)
    def portal_order_keys(self, order_id, **_unused):
        """The keys of one of the user's orders."""
        order = self._own_order(order_id)
        if not order:
            return request.redirect("/my")
        pieces = order.orion_piece_ids
        values = {
            **self._prepare_portal_layout_values(),
            **self._key_page(order, pieces._bought_by(request.env.user)),
        }
        values["reveal_url"] = f"/my/orders/{order.id}/keys/reveal"
        return self._private(request.render("orion_digital_keys.portal_keys", values))

    @http.route(
        "/my/orders/<int:order_id>/keys/reveal", type="jsonrpc", auth="user", methods=["POST"]
    )
    def portal_reveal_key(self, order_id, piece_id=None):
        """A key in clear, for the account that bought it."""
        order = self._own_order(order_id)
        pieces = order.orion_piece_ids._bought_by(request.env.user)
        return self._reveal(pieces, piece_id, "portal")

    # === WITHOUT === #

    @http.route("/orion/keys/<token>", type="http", auth="public", website=True, sitemap=False)
    def keys_by_link(self, token, **_unused):
        """The keys of the order that a signed address is for."""
        order = link.order_of(request.env, token)
        if not order:
            page = request.render("orion_digital_keys.link_closed", {"no_breadcrumbs": True})
            page.status_code = 403
            return self._private(page)
        request.update_context(lang=order._orion_buyer_language())
        order = order.with_context(lang=request.env.lang)
        values = self._key_page(order, order.orion_piece_ids)
        values |= {"token": token, "reveal_url": "/orion/keys/reveal", "no_breadcrumbs": True}
        return self._private(request.render("orion_digital_keys.portal_keys", values))

    @http.route("/orion/keys/reveal", type="jsonrpc", auth="public", methods=["POST"])
    def reveal_by_link(self, token=None, piece_id=None):
        """A key in clear, for who has the signed address."""
        return self._reveal(link.order_of(request.env, token).orion_piece_ids, piece_id, "link")

    # === PRIVATE === #

    def _own_order(self, order_id):
        """The order in sudo, if its buyer's account asks; else none.

        An `access_token` is not enough: whoever may read the order in the back office can read it.
        """
        nothing = request.env["sale.order"].sudo()
        try:
            order = self._document_check_access("sale.order", order_id)
        except (AccessError, MissingError):
            return nothing
        # in the name of the user, whom the line about a shown key names
        order = nothing.browse(order.id)
        return order if order.orion_piece_ids._bought_by(request.env.user) else nothing

    def _key_page(self, order, pieces):
        return {
            "keys_order": order,
            "page_name": "orion_keys",
            "parts": pieces._shown()._by_product(),
            "waiting": len(order.orion_piece_ids._not_delivered_yet()),
            "res_company": order.company_id,
        }

    def _reveal(self, pieces, piece_id, place):
        piece = pieces._shown().filtered(lambda one: one.id == piece_id)
        if not piece:
            # the same sentence for what never existed and for what is another's
            problem = request.env._(
                "This key cannot be shown here (any more). Open the newest e-mail with your keys, "
                "or ask the shop."
            )
            return {"problem": problem}
        return piece._reveal_to_buyer(place, request.httprequest.remote_addr)

    def _private(self, response):
        response.headers.update(_PRIVATE)
        return response
