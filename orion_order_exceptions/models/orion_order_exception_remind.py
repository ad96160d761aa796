from collections import Counter
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.rpc import USER

from .orion_channel_screen import REMINDER

#: Products that a reminder names.
MOST_NAMES = 5


class OrionOrderException(models.Model):
    """One activity for exceptions that nobody takes care of, however many they are."""

    _inherit = "orion.order.exception"

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Remind of old exceptions, each once; those nobody is responsible for wait until
        somebody is."""
        for company in self.env["res.company"].search([("orion_exception_reminder_hours", ">", 0)]):
            self.with_company(company)._remind_company(company)

    # === PRIVATE === #

    @api.model
    def _remind_company(self, company):
        """Who is responsible has at most one open reminder of a channel, whose figures are
        brought up to date; once it is done, a new one comes when more have become old."""
        hours = company.orion_exception_reminder_hours
        old = self.search(
            [
                *self._pending_domain(),
                ("company_id", "=", company.id),
                ("pending_since", "<=", fields.Datetime.now() - timedelta(hours=hours)),
            ],
            order="pending_since, id",
        )
        channels = self.env["orion.channel"].search([("company_id", "=", company.id)])
        reminders = channels._open_reminders()
        due = old.grouped(lambda one: (one.channel_id, self._responsible(one.order_id)))
        stale = reminders.filtered(lambda one: (one._orion_channel(), one.user_id) not in due)
        taken_away = {reminder._orion_channel() for reminder in stale}
        stale.unlink()
        known = {(one._orion_channel(), one.user_id): one for one in reminders - stale}
        values_list = []
        for (channel, user), exceptions in due.items():
            fresh = exceptions.filtered(lambda exception: not exception.reminded_at)
            if not user:
                continue
            values = exceptions._reminder_values(channel, user)
            reminder = known.get((channel, user))
            if reminder and reminder.summary != values["summary"]:
                reminder.write({"summary": values["summary"], "note": values["note"]})
            elif not reminder and (fresh or channel in taken_away):
                values_list.append(values)
            fresh.write({"reminded_at": fields.Datetime.now()})
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values_list)

    @api.model
    def _responsible(self, order):
        """The user who is reminded of an order; empty while there is none who may resolve."""
        user = order.orion_channel_id.responsible_id or order.user_id
        return user.filtered(lambda one: one.active and one.has_group(USER))

    def _reminder_values(self, channel, user):
        """An activity of a channel about these exceptions, in the user's language."""
        env = self.with_context(lang=user.lang).env
        names = Counter(one.original_product_name or one.number or "?" for one in self)
        return {
            "res_model_id": env["ir.model"]._get_id(channel._name),
            "res_id": channel.id,
            "activity_type_id": env.ref(REMINDER).id,
            "summary": env._(
                "Unknown products: %(products)s, orders that wait: %(orders)s",
                products=len({one._group_key() for one in self}),
                orders=len(self.order_id),
            ),
            "note": env._(
                "Orders of %(channel)s cannot be confirmed before these products are known: "
                "%(names)s. “Resolve all pending” under Exceptions asks for all of them at once.",
                channel=channel.name,
                names=", ".join(name for name, _count in names.most_common(MOST_NAMES)),
            ),
            "user_id": user.id,
            "date_deadline": fields.Date.context_today(self),
        }
