from odoo import fields, models

from odoo.addons.orion_base.log_redaction import protect

protect(models=("orion.feed.address",))


class OrionFeedAddress(models.TransientModel):
    """Shows the new addresses of a feed, once. Only an encrypted token is stored."""

    _name = "orion.feed.address"
    _description = "Addresses of a Product Feed"

    addresses = fields.Text(store=False, copy=False, exportable=False)
