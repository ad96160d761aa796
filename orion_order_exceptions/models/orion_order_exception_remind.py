from datetime import timedelta

from odoo import api, fields, models

from .sale_order import ACTIVITY

#: Orders that one run reminds of; the next one goes on.
MOST_ORDERS = 500


class OrionOrderException(models.Model):
    """Activities on orders whose exceptions nobody takes care of."""

    _inherit = "orion.order.exception"

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Remind of orders with old exceptions, each once; those nobody is responsible for wait
        until somebody is."""
        for company in self.env["res.company"].search([("orion_exception_reminder_hours", ">", 0)]):
            self.with_company(company)._remind_company(company)

    # === PRIVATE === #

    @api.model
    def _remind_company(self, company):
        """:return: the new activities"""
        hours = company.orion_exception_reminder_hours
        old = self.search(
            [
                *self._pending_domain(),
                ("company_id", "=", company.id),
                ("pending_since", "<=", fields.Datetime.now() - timedelta(hours=hours)),
                ("reminded_at", "=", False),
            ],
            order="pending_since, id",
        )
        orders = old.order_id.filtered(self._responsible)[:MOST_ORDERS]
        exceptions = old.filtered(lambda exception: exception.order_id in orders)
        known = orders._orion_open_reminders().mapped("res_id")
        exceptions.write({"reminded_at": fields.Datetime.now()})
        return exceptions._create_reminders(orders - orders.browse(known))

    @api.model
    def _responsible(self, order):
        """The user who is reminded of an order; empty while there is none."""
        user = order.orion_channel_id.responsible_id or order.user_id
        return user.filtered("active")

    def _create_reminders(self, orders):
        """One activity an order, to its channel's responsible, in that user's language."""
        values_list = []
        by_order = self.grouped("order_id")
        for order in orders:
            user = self._responsible(order)
            values_list.append(self._reminder_values(order, by_order[order], user))
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return activities.create(values_list)

    def _reminder_values(self, order, exceptions, user):
        env = self.with_context(lang=user.lang).env
        names = ", ".join(exception.original_product_name or "?" for exception in exceptions[:5])
        return {
            "res_model_id": env["ir.model"]._get_id(order._name),
            "res_id": order.id,
            "activity_type_id": env.ref(ACTIVITY).id,
            "summary": env._("Unknown product")
            if len(exceptions) == 1
            else env._("%(count)s unknown products", count=len(exceptions)),
            "note": env._(
                "%(order)s cannot be confirmed before its products are known: %(names)s",
                order=order.orion_order_number or order.name,
                names=names,
            ),
            "user_id": user.id,
            "date_deadline": fields.Date.context_today(self),
        }
