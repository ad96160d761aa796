from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine import run_job
from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    HostUnreachable,
    KeyMissing,
    RetryLater,
    Unauthorised,
)
from odoo.addons.orion_base.rpc import USER, check_caller, plain
from odoo.addons.orion_base.sentences import say, say_entry

COUNTERS = ("orders_imported", "orders_updated", "orders_unchanged", "orders_failed")


class OrionChannel(models.Model):
    """Importing orders on request, and telling people what came in."""

    _inherit = "orion.channel"

    # === PUBLIC METHODS === #

    def import_orders(self, external_ids=None):
        """Read open orders now.

        :param external_ids: just these marketplace ids
        :return: `{"success", "message", "orders_imported", "orders_updated",
            "orders_unchanged", "orders_failed", "errors": [{"external_id", "message"}]}`,
            summed over the channels; a marketplace's failure is `success: False`
        """
        check_caller(self, USER, "read")
        self._check_sells_orders()
        results = [channel._import_orders_now(external_ids) for channel in self]
        return {
            "success": all(result["success"] for result in results),
            "message": " ".join(result["message"] for result in results),
            **{name: sum(result[name] for result in results) for name in COUNTERS},
            "errors": [error for result in results for error in result["errors"]],
        }

    def import_history(self):
        """Read every order the marketplace still knows, in the background.

        :return: `{"log_id": id}` of the `orion.sync.log` that shows the progress; of the last
            channel where several are given. The same call again, while it runs, returns the
            same
        """
        check_caller(self, USER, "read")
        self._check_sells_orders()
        log_id = False
        for channel in self:
            running = (
                self.env["orion.sync.log"]
                .sudo()
                .search(
                    [
                        ("channel_id", "=", channel.id),
                        ("operation_type", "=", "order_history"),
                        ("status", "in", ("pending", "running")),
                    ],
                    limit=1,
                )
            )
            log = running or channel.sudo()._request_job(
                "order_history", triggered_by=f"user:{self.env.uid}"
            )
            log_id = log.id
        return {"log_id": log_id}

    # === ACTIONS === #

    def action_import_orders(self):
        result = self.import_orders()
        return self.env["sale.order"]._orion_notify(
            result["message"], "success" if result["success"] else "warning"
        )

    def action_import_history(self):
        self.import_history()
        return self.env["sale.order"]._orion_notify(
            self.env._("Started in the background; the sync log shows the progress."), "info"
        )

    def action_open_orders(self):
        """The orders of these channels."""
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_orders.action_orion_order")
        return {**action, "domain": [("orion_channel_id", "in", self.ids)]}

    # === BUSINESS === #

    def _import_orders_now(self, external_ids=None):
        """One channel's part of `import_orders`."""
        self.ensure_one()
        report = run_job(
            self.sudo(),
            "order_import",
            parameters={"external_ids": list(external_ids)} if external_ids else None,
            triggered_by=f"user:{self.env.uid}",
        )
        counts = report.counts if report else {}
        result = {name: counts.get(name, 0) for name in COUNTERS}
        result["errors"] = [self._public_error(entry) for entry in report.errors] if report else []
        result["success"] = report is None or report.error is None
        result["message"] = self._import_message(report, result)
        return result

    def _after_job(self, log):
        super()._after_job(log)
        if log.operation_type in ("order_import", "order_history"):
            self._notify_imported(log)

    # === PRIVATE === #

    def _check_sells_orders(self):
        for channel in self:
            if channel._adapter_class("orders") is None:
                raise UserError(
                    self.env._(
                        "%(channel)s brings no orders: they are made in Odoo, or the "
                        "marketplace's app is not installed.",
                        channel=channel.name,
                    )
                )

    def _public_error(self, entry):
        """An error entry as RPC can carry it, in the caller's language."""
        return plain(say_entry(self.env, entry))

    def _import_message(self, report, counts):
        """One sentence that tells apart what a person would do next."""
        if report is None:
            return self.env._(
                "%(channel)s is being read already; the sync log shows the progress.",
                channel=self.name,
            )
        if report.error is not None and not report.finished:
            return self.env._(
                "%(channel)s: %(imported)s imported so far, then: %(reason)s The rest follows by "
                "itself.",
                channel=self.name,
                imported=counts["orders_imported"],
                reason=say(self.env, report.error),
            )
        if report.error is not None:
            return self._import_failure(report.error)
        if not report.finished:
            return self.env._(
                "%(channel)s: %(imported)s imported so far; the rest follows in the background.",
                channel=self.name,
                imported=counts["orders_imported"],
            )
        if not report.processed:
            return self.env._("%(channel)s has nothing to import.", channel=self.name)
        if counts["orders_unchanged"] == report.processed:
            return self.env._(
                "%(channel)s: everything was imported already (orders: %(count)s).",
                channel=self.name,
                count=report.processed,
            )
        return self.env._(
            "Import completed: %(imported)s imported, %(updated)s updated, %(unchanged)s "
            "unchanged, %(failed)s failed.",
            imported=counts["orders_imported"],
            updated=counts["orders_updated"],
            unchanged=counts["orders_unchanged"],
            failed=counts["orders_failed"],
        )

    def _import_failure(self, error):
        names = {"channel": self.name, "reason": say(self.env, error)}
        if isinstance(error, KeyMissing):
            return self.env._("%(channel)s: %(reason)s", **names)
        if isinstance(error, Forbidden):
            return self.env._(
                "%(channel)s: the key has no right to read orders. Ask the marketplace for a key "
                "with it. (%(reason)s)",
                **names,
            )
        if isinstance(error, Unauthorised):
            return self.env._(
                "%(channel)s: the key was refused. Set a valid key on the channel. (%(reason)s)",
                **names,
            )
        if isinstance(error, HostUnreachable):
            return self.env._(
                "%(channel)s: the host cannot be reached. Check the endpoint and the network. "
                "(%(reason)s)",
                **names,
            )
        if isinstance(error, RetryLater):
            return self.env._(
                "%(channel)s does not serve now; it is tried again by itself. (%(reason)s)",
                **names,
            )
        return self.env._(
            "%(channel)s: the service is failing; it is tried again by itself. (%(reason)s)",
            **names,
        )

    def _notify_imported(self, log):
        """One message a run to the responsible, with the count and a link."""
        counts = log.counts or {}
        imported, failed = counts.get("orders_imported", 0), counts.get("orders_failed", 0)
        if not self.responsible_id or not (imported or failed):
            return
        user = self._person_to_tell()
        channel = self.with_context(lang=user.lang)
        action = channel.env.ref("orion_orders.action_orion_order")
        link = Markup('<a href="/odoo/action-%s">%s</a>') % (
            action.id,
            channel.env._("Open the orders"),
        )
        names = {"channel": channel.name, "imported": imported, "failed": failed}
        if log.operation_type == "order_history":
            text = channel.env._(
                "%(channel)s: %(imported)s orders of the past, %(failed)s failed.", **names
            )
        else:
            text = channel.env._(
                "%(channel)s: %(imported)s new orders, %(failed)s failed.", **names
            )
        body = Markup("<p>%s %s</p>") % (text, link)
        subject = channel.env._("New marketplace orders")
        channel.with_context(orion_inbox_only=True).message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body
        )
        if channel.notify_by_email and user.email:
            self.env["mail.mail"].sudo().create(
                {
                    "email_to": user.email_formatted,
                    "subject": subject,
                    "body_html": body,
                    "auto_delete": True,
                }
            )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Import notices go to the inbox, whatever the user's preference for mail is."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if self.env.context.get("orion_inbox_only"):
            for recipient in recipients:
                if recipient["uid"]:
                    recipient["notif"] = "inbox"
        return recipients
