from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.orion_base.rpc import USER, check_caller

from .orion_order_exception import OPEN_STATUSES


class OrionOrderException(models.Model):
    """The figures above the list of exceptions."""

    _inherit = "orion.order.exception"

    @api.model
    def get_overview(self, domain=None):
        """Figures of the companies that the user has switched on.

        :param domain: of the exceptions that count, such as those of one channel
        :return: `{pending, ignored, resolved, products, orders, values, oldest}`: counts of
            exceptions by status, of unknown products and of the orders they block; `values` is a
            list of `{currency_id, amount}` of what these orders cost; `oldest` the time since
            when the oldest waits, or False
        """
        check_caller(self.browse(), USER, "read")
        domain = Domain(domain or [])
        counts = dict(self._read_group(domain, ["status"], ["__count"]))
        pending = domain & Domain(self._pending_domain())
        [(oldest,)] = self._read_group(pending, aggregates=["pending_since:min"])
        orders = self._read_group(domain & Domain("status", "in", OPEN_STATUSES), ["order_id"])
        products = self.env["orion.unknown.product"]._count_by("company_id", domain)
        return {
            **{status: counts.get(status, 0) for status in ("pending", "ignored", "resolved")},
            "products": sum(products.values()),
            "orders": len(orders),
            "values": self._held_up([order.id for (order,) in orders]),
            "oldest": fields.Datetime.to_string(oldest) if oldest else False,
        }

    @api.model
    def _held_up(self, order_ids):
        groups = self.env["sale.order"]._read_group(
            [("id", "in", order_ids)], ["currency_id"], ["amount_total:sum"]
        )
        return [{"currency_id": currency.id, "amount": amount} for currency, amount in groups]
