from odoo import fields, models

#: Value of `key_dead_products`.
STOP = "stop"


class OrionChannel(models.Model):
    """What becomes of products that a supplier gives up."""

    _inherit = "orion.channel"

    key_dead_products = fields.Selection(
        [(STOP, "Stop selling them"), ("tell", "Only tell me")],
        string="When No Key Is Left",
        default=STOP,
        required=True,
        help="A product that no supplier sells any more, and of which the pool has no key: it is "
        "taken off the website, or off sale where there is none, and put back once it can be had "
        "again. Somebody is told in either case.",
    )
