from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Buttons: they call the public methods and answer with a notification or an action."""

    _inherit = "sale.order"

    orion_to_decide = fields.Boolean(
        string="To Decide",
        compute="_compute_orion_to_decide",
        search="_search_orion_to_decide",
        compute_sudo=True,
        help="The marketplace waits for a decision about the order, or about some of its pieces.",
    )

    def _compute_orion_to_decide(self):
        waiting = self.search(Domain("id", "in", self.ids) & Domain(self._orion_open_domain()))
        for order in self:
            order.orion_to_decide = order._origin in waiting

    @api.model
    def _search_orion_to_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._orion_open_domain() if True in value else ~Domain(self._orion_open_domain())

    def _compute_duplicated_order_ids(self):
        """Two shipments of one customer's order share its number and are no duplicates."""
        sold_there = self.filtered("orion_decision")
        sold_there.duplicated_order_ids = False
        super(SaleOrder, self - sold_there)._compute_duplicated_order_ids()

    # === ACTIONS === #

    def action_orion_confirm(self):
        """Confirm at the marketplace, from the form or for a whole list."""
        return self._orion_notify_result(self.orion_confirm())

    def _orion_reject_with(self, reason):
        """Refuse with a reason that is known already."""
        return self._orion_notify_result(self.orion_reject(reason=reason))

    def action_orion_open_reject(self):
        return self._orion_wizard("orion.order.reject", self.env._("Refuse"))

    def action_orion_open_tracking(self):
        return self._orion_wizard("orion.order.tracking", self.env._("Set Tracking"))

    def action_orion_open_ship(self):
        return self._orion_wizard("orion.order.ship", self.env._("Mark as Shipped"))

    def action_orion_open_status(self):
        return self._orion_wizard("orion.order.set.status", self.env._("Set Status"))

    def action_orion_operations(self):
        """The operations of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_base.action_orion_operation")
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_orion_logs(self):
        """The runs that told the marketplace about these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_base.action_orion_sync_log")
        operations = self.env["orion.operation"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        domain = [("id", "in", operations.log_id.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_orion_payloads(self):
        """What the marketplace sent of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_orders.action_orion_order_payload"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def action_orion_unmatched_lines(self):
        """The lines that wait for their product."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order.line",
            "view_mode": "list",
            "views": [(self.env.ref("orion_orders.view_orion_unmatched_line_list").id, "list")],
            "domain": [("order_id", "in", self.ids), ("orion_needs_product_match", "=", True)],
            "name": self.env._("Lines without a Product"),
        }

    def action_orion_open_url(self):
        """Open the order on the marketplace."""
        self.ensure_one()
        url = self.orion_channel_order_url or ""
        if not url.startswith(("http://", "https://")):
            raise UserError(self.env._("The marketplace gave no address of this order."))
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_orion_import_again(self):
        """Read these orders again at the marketplace."""
        results = [
            channel.import_orders(external_ids=orders.mapped("orion_external_id"))
            for channel, orders in self.filtered("orion_external_id")
            .grouped("orion_channel_id")
            .items()
        ]
        if not results:
            raise UserError(self.env._("These orders were made in Odoo; there is nothing to read."))
        return self._orion_notify(" ".join(result["message"] for result in results))

    # === PRIVATE === #

    def _orion_common(self, name):
        """The value that a field has on all of these orders, or False."""
        values = set(self.mapped(name))
        return values.pop() if len(values) == 1 else False

    def _orion_wizard(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def _orion_notify_result(self, result):
        """What a public method answered; a warning when it stopped for some of the orders."""
        return self._orion_notify(result["message"], "success" if result["success"] else "warning")

    def _orion_notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _orion_notify_and_close(self, result):
        """The answer of a wizard: a notification, and the dialog closes."""
        action = self._orion_notify_result(result)
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
