from datetime import timedelta

from odoo import api, fields, models

ACTIVITY = "orion_shipping_labels.activity_type_late_shipping"
BEFORE_SHIPMENT = ("confirmed", "processing", "ready_for_shipment")
#: Most reminders of one run: the rest follows within the hour.
MOST_ORDERS = 500


class SaleOrder(models.Model):
    """Orders that are confirmed and do not leave."""

    _inherit = "sale.order"

    orion_late_reminded_at = fields.Datetime(copy=False, readonly=True)

    @api.model
    def _cron_remind_late(self):
        """One activity for each order that is late, once."""
        for company in self.env["res.company"].search([("orion_late_shipping_hours", ">", 0)]):
            self.with_company(company)._remind_late(company)

    @api.model
    def _remind_late(self, company):
        """:return: the new activities"""
        since = fields.Datetime.now() - timedelta(hours=company.orion_late_shipping_hours)
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("orion_decision", "=", "accepted"),
                ("orion_is_history", "=", False),
                ("orion_requires_shipping", "=", True),
                ("orion_status", "in", BEFORE_SHIPMENT),
                ("orion_confirmed_at", "<=", since),
                ("orion_late_reminded_at", "=", False),
                # who is nobody's fills no run: the reader first, as below
                "|",
                ("orion_channel_id.responsible_id.active", "=", True),
                "&",
                ("orion_channel_id.responsible_id", "=", False),
                ("user_id.active", "=", True),
            ],
            order="orion_confirmed_at, id",
            limit=MOST_ORDERS,
        )
        responsible = {
            order: order.orion_channel_id.responsible_id or order.user_id for order in late
        }
        late.write({"orion_late_reminded_at": fields.Datetime.now()})
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return activities.create(
            [order._prepare_late_activity(responsible[order]) for order in late]
        )

    def _prepare_late_activity(self, user):
        env = self.with_context(lang=user.lang).env
        return {
            "res_model_id": env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": env.ref(ACTIVITY).id,
            "summary": env._("Not shipped yet"),
            "note": env._(
                "%(order)s was confirmed on %(date)s and has not left.",
                order=self.orion_order_number or self.name,
                date=self.orion_confirmed_at.date().isoformat(),
            ),
            "user_id": user.id,
            "automated": True,
            "date_deadline": fields.Date.context_today(self),
        }

    def _orion_write_status(self, status, actor=None, reason=None, details=None, each=None):
        """What has left, or never will, needs no reminder."""
        super()._orion_write_status(status, actor, reason, details, each)
        if status not in BEFORE_SHIPMENT:
            reminded = self.sudo().filtered("orion_late_reminded_at")
            if reminded:
                reminded.activity_unlink([ACTIVITY])
