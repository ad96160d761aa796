from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    orion_channel_id = fields.Many2one(
        "orion.channel",
        string="Marketplace Channel",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="Where this customer was first met.",
    )
    orion_customer_key = fields.Char(
        copy=False,
        help="The customer's e-mail on the channel, or the order where there is none; contacts "
        "carry that of their customer.",
    )
    orion_address_key = fields.Char(
        copy=False, help="Key of the address as the marketplace gave it."
    )

    _orion_customer_unique = models.UniqueIndex(
        "(orion_channel_id, orion_customer_key) "
        "WHERE orion_customer_key IS NOT NULL AND parent_id IS NULL",
        "This customer of the channel exists already.",
    )
    _orion_contact_index = models.Index(
        "(orion_channel_id, orion_customer_key) WHERE orion_customer_key IS NOT NULL"
    )
