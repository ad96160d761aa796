from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine import run_job
from odoo.addons.orion_base.models.orion_operation import OPEN_STATUSES
from odoo.addons.orion_base.rpc import USER, check_caller
from odoo.addons.orion_base.sentences import say

from ..lib.stock_adapter import ROLE, VERB
from .orion_schedule import JOB


class OrionChannel(models.Model):
    """Telling the stock on request."""

    _inherit = "orion.channel"

    # === PUBLIC METHODS === #

    def push_inventory(self, product_ids=None):
        """Look at the stock now, and send what differs from what the channels were told.

        :param product_ids: just these `product.product`; all listings by default
        :return: `{"success", "message", "items_queued", "items_skipped", "operation_ids"}`, summed
            over the channels. Skipped: what a channel is not told, for want of stock keeping, of a
            SKU, or because it never had any. Operations: of these listings, those that are on
            their way; empty where the marketplace fetches the stock itself
        :raise UserError: where a channel is not told stock, or a product does not exist
        """
        check_caller(self, USER, "read")
        products = self.env["product.product"].browse(product_ids or [])
        check_caller(products, USER, "read")
        self._check_sends_stock()
        results = [channel._push_inventory_now(products) for channel in self]
        return {
            "success": all(result["success"] for result in results),
            "message": " ".join(result["message"] for result in results),
            "items_queued": sum(result["items_queued"] for result in results),
            "items_skipped": sum(result["items_skipped"] for result in results),
            "operation_ids": [id_ for result in results for id_ in result["operation_ids"]],
        }

    # === ACTIONS === #

    def action_push_inventory(self):
        """Send now, and say what was queued."""
        return self._notify_stock(self.push_inventory())

    def action_compare_inventory(self):
        """Compare all listings with stock and marketplace, in the background."""
        check_caller(self, USER, "read")
        self._check_sends_stock()
        for channel in self:
            channel.sudo()._request_job(JOB, {"full": True}, triggered_by=f"user:{self.env.uid}")
        return self._notify_stock(
            {
                "success": True,
                "message": self.env._("Started in the background; the sync log shows the drift."),
            }
        )

    def action_open_inventory(self):
        """What these channels are told of each product."""
        return self._action_view("orion_inventory_sync.action_orion_inventory")

    def _notify_stock(self, result):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if result["success"] else "warning",
                "message": result["message"],
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === PRIVATE === #

    def _check_sends_stock(self):
        for channel in self:
            if channel._adapter_class(ROLE) is None:
                raise UserError(
                    self.env._(
                        "%(channel)s takes no stock: it is Odoo's own, or the marketplace's app "
                        "does not send any.",
                        channel=channel.name,
                    )
                )
            if not channel.stock_sync_enabled:
                raise UserError(
                    self.env._(
                        "%(channel)s is not told the stock. Switch on “Send Stock” in its tab "
                        "Inventory.",
                        channel=channel.name,
                    )
                )

    def _push_inventory_now(self, products):
        """One channel's part of `push_inventory`."""
        self.ensure_one()
        began = fields.Datetime.now()
        report = run_job(
            self.sudo(),
            JOB,
            parameters={"product_ids": products.ids} if products else {"full": True},
            triggered_by=f"user:{self.env.uid}",
        )
        counts = report.counts if report else {}
        return {
            "success": report is None or report.error is None,
            "message": self._push_message(report, counts),
            "items_queued": counts.get("queued", 0),
            "items_skipped": counts.get("skipped", 0),
            "operation_ids": self._stock_operation_ids(products, began) if report else [],
        }

    def _push_message(self, report, counts):
        names = {"channel": self.name}
        if report is None:
            return self.env._(
                "%(channel)s is being worked on; its stock follows in the background.", **names
            )
        if report.error is not None:
            return self.env._(
                "%(channel)s: the stock could not be looked at. %(reason)s",
                reason=say(self.env, report.error),
                **names,
            )
        if not report.finished:
            return self.env._(
                "%(channel)s: %(count)s quantities are on their way so far; the rest follows in "
                "the background.",
                count=counts.get("queued", 0),
                **names,
            )
        if not report.processed:
            return self.env._("%(channel)s has no listing of it, so nothing is sent.", **names)
        if not counts.get("queued"):
            return self.env._("%(channel)s knows the stock already.", **names)
        return self.env._(
            "%(channel)s: %(count)s quantities are on their way.",
            count=counts["queued"],
            **names,
        )

    def _stock_operation_ids(self, products, began):
        """Operations of these listings that are on their way, or were made since `began`."""
        # the job has committed on a cursor of its own, which this transaction cannot see
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr, su=True)
            domain = [
                ("channel_id", "=", self.id),
                ("operation", "=", VERB),
                "|",
                ("status", "in", OPEN_STATUSES),
                ("create_date", ">=", began),
            ]
            if products:
                listings = (
                    env["orion.listing"]
                    .with_context(active_test=False)
                    .search([("channel_id", "=", self.id), ("product_id", "in", products.ids)])
                )
                domain.append(("res_id", "in", listings.ids))
            return env["orion.operation"].search(domain, order="id").ids
