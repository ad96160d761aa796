import hmac
from functools import partial

from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.wsgi import ClosingIterator

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from odoo.service.model import retrying

from odoo.addons.orion_base.log_redaction import hide_addresses
from odoo.addons.orion_base.secrets import KeyUnusable

from ..lib.feed_fetch import FeedClient, is_browser, told_at_the_end

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

        Whatever is wrong answers 404: who guesses learns nothing. It counts as fetched by the
        marketplace once its last byte was sent, but to nobody who is logged in or uses a browser.
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
        if not request.session.uid and not is_browser(request.httprequest.headers):
            self._count(file, response)
        return response

    def _count(self, file, response):
        """Have this answer noted, once it says something and has arrived as a whole."""
        content = file._content_told()
        client = FeedClient.of(request.httprequest.headers, request.httprequest.remote_addr)
        is_whole = response.status_code == 200 and request.httprequest.method == "GET"
        if response.status_code == 304:
            # the caller says that it has this content: to be believed once it was fetched
            if file.fetched_checksum == content["checksum"]:
                file._note_fetched(content, client)
        elif is_whole and "X-Sendfile" in response.headers:
            # the web server sends it, and does not tell whether it arrived
            file._note_fetched(content, client)
        elif is_whole:
            registry, chunks = request.env.registry, response.response
            note = partial(_note_fetched, registry, file.id, content, client)
            response.response = ClosingIterator(told_at_the_end(chunks, note), chunks.close)

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


def _note_fetched(registry, file_id, content, client):
    """Note it in a transaction of its own: that of the request is over."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        file = env["orion.feed.file"].browse(file_id)
        retrying(lambda: file.exists()._note_fetched(content, client), env)
