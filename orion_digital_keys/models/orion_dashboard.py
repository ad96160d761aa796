from odoo import api, models


class OrionDashboard(models.AbstractModel):
    """Money at a supplier that runs out is told on its card."""

    _inherit = "orion.dashboard"

    @api.model
    def _problems(self, channels):
        problems = super()._problems(channels)
        for channel in channels.filtered("is_key_balance_low"):
            problems[channel.id].append(
                {
                    "level": "warning",
                    "title": self.env._("Low balance"),
                    "message": self.env._(
                        "%(usable).2f %(currency)s can be spent. Top it up, or keys that are sold "
                        "will not be bought.",
                        usable=channel.key_usable,
                        currency=channel.key_currency_id.name,
                    ),
                }
            )
        return problems
