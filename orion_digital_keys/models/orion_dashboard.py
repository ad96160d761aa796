from odoo import api, models
from odoo.fields import Domain

ACTION = "orion_digital_keys.action_orion_order_waiting"
#: States of pieces whose customers wait for a key.
AWAITED = ("waiting", "claimed", "ordered", "preordered", "held")


class OrionDashboard(models.AbstractModel):
    """Money at a supplier that runs out is told on its card, orders that wait for keys on that of
    the storefront, whose company gives them."""

    _inherit = "orion.dashboard"

    @api.model
    def _dashboard_data(self, channels):
        cards = super()._dashboard_data(channels)
        shops = self._key_shops(channels)
        pieces = self.env["orion.digital.piece"]
        waiting = pieces._orders_by_company(
            Domain("company_id", "in", shops.company_id.ids) & Domain("state", "in", AWAITED)
        )
        for shop in shops:
            cards[shop.id]["figures"].append(
                self._figure(
                    "keys_waiting",
                    self.env._("Await Keys"),
                    waiting.get(shop.company_id, 0),
                    ACTION,
                    [
                        ("company_id", "=", shop.company_id.id),
                        ("orion_piece_ids", "any", [("state", "in", AWAITED)]),
                    ],
                    "warning",
                )
            )
        return cards

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
        for channel, problem in self._late_keys(channels).items():
            problems[channel.id].append(problem)
        return problems

    # === PRIVATE === #

    @api.model
    def _key_shops(self, channels):
        """The storefronts of companies that have sold keys."""
        pieces = self.env["orion.digital.piece"]
        return channels.filtered(
            lambda one: (
                one.marketplace == "storefront"
                and pieces.search_count([("company_id", "=", one.company_id.id)], limit=1)
            )
        )

    @api.model
    def _late_keys(self, channels):
        """`{storefront: problem}` where customers wait for keys for too long."""
        shops = channels.filtered(lambda one: one.marketplace == "storefront")
        pieces = self.env["orion.digital.piece"]
        late = pieces._orders_by_company(
            pieces._late_domain() & Domain("company_id", "in", shops.company_id.ids)
        )
        return {
            shop: {
                "level": "warning",
                "title": self.env._("Customers wait for keys"),
                "message": self.env._(
                    "Orders that have waited for more than %(minutes)s minutes: %(orders)s. "
                    "Digital Keys > Orders Waiting says why.",
                    minutes=pieces._late_minutes(),
                    orders=late[shop.company_id],
                ),
            }
            for shop in shops
            if shop.company_id in late
        }
