from datetime import timedelta

from odoo import api, fields, models

#: A rate that nobody has used for so long is forgotten.
KEEP = timedelta(days=1)


class OrionRateLimit(models.Model):
    """Until when the turns of a rate are taken; see `engine.rate_limit`, which alone writes it."""

    _name = "orion.rate.limit"
    _description = "Marketplace Rate Limit"
    _log_access = False

    name = fields.Char(
        required=True, readonly=True, help="What is counted: the calls of a channel or account."
    )
    taken_until = fields.Datetime(
        required=True,
        readonly=True,
        help="The turns of all servers together are taken until then; later ones wait for theirs.",
    )

    _name_unique = models.UniqueIndex("(name)", "A rate is counted once.")

    @api.autovacuum
    def _gc_unused(self):
        self.search([("taken_until", "<", fields.Datetime.now() - KEEP)]).unlink()
