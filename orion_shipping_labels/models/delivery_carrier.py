from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.carrier_link import label_url, tracking_urls
from ..lib.parcel_number import parse_patterns

#: Fields that a carrier is recognised by.
KNOWN_BY = frozenset({"name", "active", "company_id", "product_id", "orion_code", "sequence"}) | {
    "orion_number_patterns"
}


class DeliveryCarrier(models.Model):
    """Carriers of marketplace orders: how they are recognised, and where labels and tracking
    pages are."""

    _inherit = "delivery.carrier"

    orion_code = fields.Char(
        string="Carrier Code",
        copy=False,
        help="Our code of the carrier, such as greco or dhl: what programs and orders name it by. "
        "Small letters.",
    )
    orion_label_url_default = fields.Char(
        string="Label URL Prefix by Default",
        help="Used by companies that have set no prefix of their own.",
    )
    orion_label_url_prefix = fields.Char(
        string="Label URL Prefix",
        company_dependent=True,
        help="The shipment number is appended to it: that is the address of the label. Each "
        "company has its own; capitals matter.",
    )
    orion_number_patterns = fields.Text(
        string="Patterns of Numbers",
        help="Regular expressions, one a line. A tracking number that fits one of them, and none "
        "of another carrier, is recognised as this carrier's.",
    )
    orion_uses_shipment_number = fields.Boolean(
        string="Tracks by Shipment Number",
        help="The carrier gives no number of its own: its pages know the parcel by the "
        "marketplace's shipment number.",
    )
    orion_code_ids = fields.One2many(
        "orion.carrier.code", "carrier_id", string="Names on Marketplaces", copy=False
    )

    _orion_code_unique = models.UniqueIndex(
        "(orion_code, COALESCE(company_id, 0)) WHERE orion_code IS NOT NULL AND active",
        "There is a carrier with this code already.",
    )

    # === CONSTRAINTS === #

    @api.constrains("orion_code")
    def _check_orion_code(self):
        for carrier in self.filtered("orion_code"):
            if carrier.orion_code != carrier.orion_code.strip().lower():
                raise ValidationError(
                    self.env._("Write the carrier's code in small letters, without spaces around.")
                )

    @api.constrains("orion_label_url_default", "orion_label_url_prefix", "tracking_url")
    def _check_orion_urls(self):
        for carrier in self:
            for url in (
                carrier.orion_label_url_default,
                carrier.orion_label_url_prefix,
                carrier.tracking_url,
            ):
                if url and not url.strip().lower().startswith(("http://", "https://")):
                    raise ValidationError(
                        self.env._("“%(url)s” must start with https:// or http://.", url=url)
                    )

    @api.constrains("orion_number_patterns")
    def _check_orion_number_patterns(self):
        texts = self.filtered("orion_number_patterns").mapped("orion_number_patterns")
        try:
            parse_patterns("\n".join(texts))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "A line is no regular expression: %(problem)s. Write one pattern a line.",
                    problem=str(error),
                )
            ) from error

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        carriers = super().create(vals_list)
        self.env.registry.clear_cache()
        return carriers

    def write(self, vals):
        result = super().write(vals)
        if KNOWN_BY & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === BUSINESS === #

    def _orion_label_url(self, shipment_number):
        """Address of a shipment's label for the company in the environment; empty where the
        carrier has no prefix, or the shipment no number."""
        carrier = self.sudo()
        prefix = carrier.orion_label_url_prefix or carrier.orion_label_url_default
        return label_url(prefix or "", shipment_number or "")

    def _orion_tracking_urls(self, numbers):
        """`[(number, address of its page)]`; `numbers` may be several with commas."""
        return tracking_urls(self.sudo().tracking_url or "", numbers or "")

    def _orion_order_tracking_url(self, tracking_number, shipment_number):
        """Address of the page of an order's newest parcel; empty where there is none."""
        carrier = self.sudo()
        number = tracking_number or (shipment_number if carrier.orion_uses_shipment_number else "")
        links = carrier._orion_tracking_urls(number)
        return links[-1][1] if links else ""
