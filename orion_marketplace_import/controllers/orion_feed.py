import hmac

from werkzeug.exceptions import NotFound, ServiceUnavailable

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.orion_base.log_redaction import hide_addresses
from odoo.addons.orion_base.secrets import KeyUnusable

hide_addresses(r"/orion/feed/\d+/")


class OrionFeedController(http.Controller):
    """Product feeds and their pictures, for marketplaces that fetch them."""

    @http.route(
        "/orion/feed/<int:channel_id>/<token>/<language>",
        type="http",
        auth="none",
        methods=["GET"],
        readonly=False,
        save_session=False,
    )
    def feed(self, channel_id, token, language, **_unused):
        """The feed of one channel and language; 304 when the caller's ETag still holds.

        Whatever is wrong answers 404: who guesses learns nothing.
        """
        env = request.env(user=SUPERUSER_ID)
        channel = env["orion.channel"].search([("id", "=", channel_id)])
        try:
            is_open = bool(channel) and channel._feed_token_matches(token)
        except KeyUnusable:
            raise ServiceUnavailable from None
        feed_format = channel._find_feed_format() if is_open else None
        if feed_format is None or language not in feed_format.languages:
            raise NotFound
        file = env["orion.feed.file"]._current(channel, language)
        env.flush_all()
        stream = env["ir.binary"]._get_stream_from(
            file, "content", filename=file.filename, mimetype=feed_format.media_type
        )
        stream.max_age = 60
        response = stream.get_response(as_attachment=True)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @http.route(
        "/orion/feed/image/<int:product_id>/<token>/<name>",
        type="http",
        auth="none",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def image(self, product_id, token, name, **_unused):
        """A product's picture under the address that its feed names."""
        del name
        env = request.env(user=SUPERUSER_ID)
        expected = env["orion.feed.builder"]._image_token(product_id)
        product = env["product.product"].browse(product_id)
        if not hmac.compare_digest(expected.encode(), token.encode()) or not product.exists():
            raise NotFound
        if not product.with_context(bin_size=True).image_1024:
            raise NotFound
        stream = env["ir.binary"]._get_image_stream_from(product, "image_1024")
        return stream.get_response(immutable=True)
