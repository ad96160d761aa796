from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER, check_caller, iso

#: Days that `orion_stats` counts one by one.
STATS_DAYS = 30


class SaleOrder(models.Model):
    """What other programs read."""

    _inherit = "sale.order"

    def orion_read(self):
        """Orders in the documents' form.

        :return: list of dicts in order of the ids; money is text of two decimals, as the
            documents have it, and `total` a float
        """
        check_caller(self, USER, "read")
        return [order._orion_read_values() for order in self]

    @api.model
    def orion_stats(self, channel_id=None, company_id=None):
        """Counts of orders.

        :param channel_id: only this channel; `company_id` likewise
        :return: `{"total": n, "by_status": {status: n}, "by_channel": [{"channel_id", "channel",
            "count", "revenue"}], "by_day": [{"day", "count", "revenue"}]}`; the days are those
            of the last 30 with orders; revenue leaves cancelled orders out, in the company's
            currency
        """
        check_caller(self.browse(), USER, "read")
        domain = [("orion_channel_id", "=", channel_id or False)]
        if not channel_id:
            domain = [("orion_channel_id", "!=", False)]
        if company_id:
            domain.append(("company_id", "=", company_id))
        by_status = {status: 0 for status, _label in self._fields["orion_status"].selection}
        groups = self._read_group(domain, ["orion_status"], ["__count"])
        by_status.update({status: count for status, count in groups if status})
        return {
            "total": sum(count for _status, count in groups),
            "by_status": by_status,
            "by_channel": self._orion_stats_by_channel(domain),
            "by_day": self._orion_stats_by_day(domain),
        }

    # === HOOKS === #

    def _orion_read_values(self):
        """The documents' order response; channel addons add their own keys."""
        self.ensure_one()
        channel = self.sudo().orion_channel_id
        return {
            "id": self.id,
            "name": self.name,
            "store_id": self.company_id.id,
            "channel_id": channel.id,
            "channel": channel.marketplace or False,
            "channel_order_id": self.orion_external_id or False,
            "external_order_number": self.orion_order_number or False,
            "status": self.orion_status or False,
            "sync_status": self.orion_sync_status or False,
            "sync_error": self.orion_sync_error or False,
            "customer_email": self.orion_customer_email or self.partner_id.email or False,
            "customer_phone": self.orion_customer_phone or False,
            "customer_name": self.partner_id.name or False,
            "total_amount": f"{self.amount_total:.2f}",
            "total": round(self.amount_total, 2),
            "currency": self.currency_id.name,
            "shipment_number": self.orion_shipment_number or False,
            "shipping_carrier": self.orion_shipping_carrier or False,
            "tracking_number": self.orion_tracking_number or False,
            "tracking_url": self.orion_tracking_url or False,
            "requires_shipping": self.orion_requires_shipping,
            "is_fully_digital": self.orion_is_fully_digital,
            "ordered_at": iso(self.orion_ordered_at or self.date_order),
            "confirmed_at": iso(self.orion_confirmed_at),
            "shipped_at": iso(self.orion_shipped_at),
            "delivered_at": iso(self.orion_delivered_at),
            "fulfilled_at": iso(self.orion_fulfilled_at),
            "last_synced_at": iso(self.orion_last_synced_at),
            "created_at": iso(self.create_date),
            "updated_at": iso(self.write_date),
            "items": [
                line._orion_read_values()
                for line in self.order_line
                if line.product_id and not line.display_type
            ],
        }

    # === PRIVATE === #

    def _orion_stats_by_channel(self, domain):
        counts = dict(self._read_group(domain, ["orion_channel_id"], ["__count"]))
        revenue = self._orion_revenue(domain, "orion_channel_id")
        return [
            {
                "channel_id": channel.id,
                "channel": channel.sudo().name,
                "count": count,
                "revenue": round(revenue.get(channel, 0.0), 2),
            }
            for channel, count in counts.items()
        ]

    def _orion_stats_by_day(self, domain):
        since = fields.Datetime.subtract(
            fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0),
            days=STATS_DAYS - 1,
        )
        recent = [*domain, ("date_order", ">=", since)]
        counts = dict(self._read_group(recent, ["date_order:day"], ["__count"]))
        revenue = self._orion_revenue(recent, "date_order:day")
        return [
            {
                "day": fields.Date.to_string(day),
                "count": count,
                "revenue": round(revenue.get(day, 0.0), 2),
            }
            for day, count in sorted(counts.items())
        ]

    def _orion_revenue(self, domain, group):
        """Sum of the totals in the company's currency, cancelled orders left out."""
        totals = {}
        groups = self._read_group(
            [*domain, ("state", "!=", "cancel")], [group, "currency_rate"], ["amount_total:sum"]
        )
        for key, rate, amount in groups:
            totals[key] = totals.get(key, 0.0) + amount / (rate or 1.0)
        return totals
