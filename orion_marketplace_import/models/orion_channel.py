import base64
import hmac
import re
from secrets import token_urlsafe

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.orion_base import secrets
from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller

from ..lib.catalogue_adapter import ROLE as CATALOGUE
from ..lib.texts import language_of


class OrionChannel(models.Model):
    """Product feeds of a channel, for download and at a secret address."""

    _inherit = "orion.channel"

    feed_token_ciphertext = fields.Text(copy=False, groups=fields.NO_ACCESS)
    has_feed = fields.Boolean(compute="_compute_has_feed")
    has_feed_address = fields.Boolean(
        string="Feed Address",
        compute="_compute_has_feed_address",
        compute_sudo=True,
        help="Whether the marketplace can fetch the product feed at a secret address.",
    )
    feed_link_pattern = fields.Char(
        string="Product Pages",
        help="Address of a product's page in your shop, with {sku}, {gtin} or {id} in it, such as "
        "https://shop.example.com/p/{sku}. Empty: the feed names no pages.",
    )
    feed_cache_minutes = fields.Integer(
        string="Feed Kept For",
        default=15,
        help="Minutes for which the secret address answers the same file before it is written "
        "anew. 0: every call writes it.",
    )
    feed_file_ids = fields.One2many("orion.feed.file", "channel_id", string="Written Feeds")

    _feed_cache_minutes_range = models.Constraint(
        "CHECK (feed_cache_minutes BETWEEN 0 AND 1440)",
        "A feed is kept for 0 to 1440 minutes.",
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends("marketplace")
    def _compute_has_feed(self):
        for channel in self:
            channel.has_feed = channel.marketplace and channel._find_feed_format() is not None

    @api.depends("feed_token_ciphertext")
    def _compute_has_feed_address(self):
        for channel in self:
            channel.has_feed_address = bool(channel.feed_token_ciphertext)

    @api.constrains("feed_link_pattern")
    def _check_feed_link_pattern(self):
        for channel in self.filtered("feed_link_pattern"):
            if not self._is_valid_address(re.sub(r"[{}]", "", channel.feed_link_pattern)):
                raise ValidationError(
                    self.env._(
                        "“%(pattern)s” is no address of product pages. It starts with https:// and "
                        "has {sku}, {gtin} or {id} where the product is named.",
                        pattern=channel.feed_link_pattern,
                    )
                )

    # === PUBLIC === #

    def export_products(self, language="fr", include_inactive=False):
        """Write each channel's product feed in its marketplace's own format.

        :param language: ISO 639-1; texts that lack it are taken in French, German, English or
            any other language
        :param include_inactive: also archived products and listings, as out of stock
        :return: list in order of ids of `{filename, content_base64, rows}`
        :raise UserError: when a channel takes no feed, or not in this language
        """
        check_caller(self, USER, "read")
        formats = [(channel, channel._feed_language(language)) for channel in self]
        result = []
        for channel, code in formats:
            content, rows, _left_out, _problems = self.env["orion.feed.file"]._build(
                channel.sudo(), code, bool(include_inactive)
            )
            result.append(
                {
                    "filename": channel._feed_filename(),
                    "content_base64": base64.b64encode(content).decode(),
                    "rows": rows,
                }
            )
        return result

    # === ACTIONS === #

    def action_export_feed(self):
        """Open the dialog that checks and writes the feed."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_feed_wizard"
            ),
            "context": {"default_channel_id": self[:1].id},
        }

    def action_new_feed_address(self):
        """Make a new secret address of the feed and show it, once; the former one is void."""
        self.ensure_one()
        check_caller(self, MANAGER, "write")
        self._feed_format()
        token = token_urlsafe(32)
        self.sudo().feed_token_ciphertext = secrets.encrypt(self.env, token)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Addresses of the product feed"),
            "res_model": "orion.feed.address",
            "view_mode": "form",
            "target": "new",
            "context": {"default_addresses": self._feed_addresses(token)},
        }

    def action_close_feed_address(self):
        """From now on the secret address answers nobody."""
        check_caller(self, MANAGER, "write")
        self.sudo().feed_token_ciphertext = False
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS === #

    def _find_feed_format(self):
        """The `FeedFormat` of the channel's marketplace, or None."""
        return getattr(self._adapter_class(CATALOGUE), "feed_format", None)

    def _feed_format(self):
        """:raise UserError: when the marketplace takes no product feed"""
        self.ensure_one()
        feed_format = self._find_feed_format()
        if feed_format is None:
            raise UserError(
                self.env._(
                    "%(channel)s takes no product feed. Choose a channel of a marketplace that "
                    "reads one.",
                    channel=self.name,
                )
            )
        return feed_format

    def _feed_language(self, language):
        """:raise UserError: when there is no feed in this language"""
        known = self._feed_format().languages
        code = language_of(str(language or ""))
        if code not in known:
            raise UserError(
                self.env._(
                    "There is no feed in the language “%(language)s”. Use one of: %(known)s.",
                    language=language,
                    known=", ".join(known),
                )
            )
        return code

    def _feed_filename(self):
        code = re.sub(r"[^a-z0-9]+", "-", self.sudo().company_id.name.lower()).strip("-")
        return self._feed_format().filename(code or f"store-{self.company_id.id}")

    def _feed_link(self, values, product):
        pattern = self.feed_link_pattern
        return self.env["orion.feed.builder"]._link(pattern, values, product) if pattern else ""

    def _feed_addresses(self, token):
        return "\n".join(
            f"{self.get_base_url()}/orion/feed/{self.id}/{token}/{language}"
            for language in self._feed_format().languages
        )

    def _feed_token_matches(self, token):
        """Whether `token` opens this channel's feed.

        :raise KeyUnusable: when this server has not the right encryption key
        """
        ciphertext = self.sudo().feed_token_ciphertext
        if not ciphertext:
            return False
        plain = secrets.decrypt(self.env, ciphertext)
        return hmac.compare_digest(plain.encode(), token.encode())

    def _refuse_currency(self, code):
        raise UserError(
            self.env._(
                "%(channel)s takes prices in %(currency)s, which is not active here. Activate the "
                "currency in the settings of Accounting.",
                channel=self.name,
                currency=code,
            )
        )
