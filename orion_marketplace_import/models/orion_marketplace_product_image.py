from odoo import fields, models


class OrionMarketplaceProduct(models.Model):
    """The picture of a published row."""

    _inherit = "orion.marketplace.product"

    image_digest = fields.Char(
        readonly=True,
        help="Digest of the address that was tried last; without its signature, where it answered.",
    )
    image_status = fields.Selection(
        [("done", "Fetched"), ("kept", "The store's own"), ("failed", "Failed")],
        string="Picture",
        readonly=True,
    )
    image_attempts = fields.Integer(string="Attempts", readonly=True)
    image_error = fields.Char(string="Why There Is No Picture", readonly=True)
    image_checksum = fields.Char(readonly=True, help="Of the picture that was set.")
