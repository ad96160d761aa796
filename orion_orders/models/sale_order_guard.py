from odoo import models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER

#: What Odoo's state may become, by what the marketplace knows. `sent` and `draft` confirm
#: and cancel nothing.
ALLOWED_STATES = {
    "undecided": frozenset({"draft", "sent"}),
    "accepted": frozenset({"sale"}),
    "refused": frozenset({"cancel"}),
    "cancelled": frozenset({"cancel"}),
}


class SaleOrder(models.Model):
    """Odoo's own Confirm and Cancel cannot walk around the marketplace.

    Every guard asks the stored `orion_decision`, which only the marketplace's answer (or a
    recorded cancellation) changes; no context key opens one.
    """

    _inherit = "sale.order"

    # === ODOO'S OWN ACTIONS === #

    def action_confirm(self):
        """Undecided marketplace orders are confirmed at the marketplace, the others here."""
        undecided = self.filtered(lambda order: order.orion_decision == "undecided")
        if not undecided:
            return self._orion_confirm_split()
        (self - undecided)._orion_confirm_split()
        return undecided.action_orion_confirm()

    def action_cancel(self):
        """Undecided marketplace orders are refused at the marketplace, the others cancelled."""
        undecided = self.filtered(lambda order: order.orion_decision == "undecided")
        others = self - undecided
        result = super(SaleOrder, others).action_cancel() if others or not undecided else True
        if undecided:
            return undecided._orion_refuse_instead()
        return result

    def action_unlock(self):
        self._orion_check_unlock()
        return super().action_unlock()

    def action_draft(self):
        self._orion_check_back_to_draft()
        return super().action_draft()

    def _action_confirm(self):
        self._orion_check_state_write({"state": "sale"})
        self._orion_check_no_placeholder()
        return super()._action_confirm()

    def _action_cancel(self):
        undecided = self.filtered(lambda order: order.orion_decision == "undecided")
        others = self - undecided
        others._orion_check_state_write({"state": "cancel"})
        result = super(SaleOrder, others)._action_cancel() if others or not undecided else True
        if undecided:
            undecided._orion_refuse_instead()
        return result

    def _validate_order(self):
        """A customer who accepts, signs or pays decides nothing about a marketplace order."""
        for order in self:
            if order.orion_decision:
                raise UserError(order._orion_nothing_to_pay())
        return super()._validate_order()

    def _orion_nothing_to_pay(self):
        self.ensure_one()
        return self.env._(
            "%(order)s was bought on %(channel)s, where it is accepted by the shop. There is "
            "nothing to accept or to pay here.",
            order=self.name,
            channel=self.sudo().orion_channel_id.name,
        )

    def _has_to_be_signed(self):
        return not self.orion_decision and super()._has_to_be_signed()

    def _has_to_be_paid(self):
        return not self.orion_decision and super()._has_to_be_paid()

    def _confirmation_error_message(self):
        if self.orion_decision in ("refused", "cancelled"):
            return self._orion_state_refusal("sale")
        return super()._confirmation_error_message()

    def _prepare_confirmation_values(self):
        """A marketplace order keeps the date it was ordered at."""
        values = super()._prepare_confirmation_values()
        if self and all(order.orion_decision for order in self):
            values.pop("date_order", None)
        return values

    # === GUARDS === #

    def _orion_check_state_write(self, vals):
        """Refuse a state that the marketplace was not told, however it is written.

        :raise UserError: with what to do instead
        """
        state = vals.get("state")
        if state:
            for order in self:
                allowed = ALLOWED_STATES.get(order.orion_decision)
                if allowed and state not in allowed and state != order.state:
                    raise UserError(order._orion_state_refusal(state))
        if "locked" in vals and not vals["locked"]:
            self._orion_check_unlock()

    def _orion_check_no_placeholder(self):
        """The copy of an order that waited for its products waits for them too; what is wholly
        refused keeps the placeholder, in quantity 0.

        :raise UserError: when the placeholder would be delivered
        """
        placeholders = self.company_id.sudo().parent_ids.orion_placeholder_product_id
        for line in self.order_line:
            if line.product_id in placeholders and line.product_uom_qty:
                raise UserError(
                    self.env._(
                        "%(order)s: nobody knows yet which product “%(line)s” is. Put the right "
                        "product on the line, or take the line out, then confirm.",
                        order=line.order_id.name,
                        line=line.name,
                    )
                )

    def _orion_check_unlock(self):
        for order in self:
            if order.orion_is_history:
                raise UserError(
                    self.env._(
                        "%(order)s was decided on %(channel)s before it came to Odoo. It stays "
                        "locked, so that no change makes a delivery.",
                        order=order.name,
                        channel=order.sudo().orion_channel_id.name,
                    )
                )

    def _orion_check_back_to_draft(self):
        for order in self:
            if order.orion_decision in ("refused", "cancelled"):
                raise UserError(order._orion_state_refusal("draft"))

    def _orion_state_refusal(self, state):
        """The sentence that says what to do instead of writing `state`."""
        self.ensure_one()
        names = {"order": self.name, "channel": self.sudo().orion_channel_id.name}
        if self.orion_decision in ("refused", "cancelled"):
            return self.env._(
                "%(order)s was refused or cancelled on %(channel)s, which is final. If the "
                "customer still wants the goods, duplicate the order.",
                **names,
            )
        if self.orion_decision == "accepted":
            return self.env._(
                "%(order)s was accepted on %(channel)s. Settle a cancellation with the "
                "marketplace and the customer, then set the marketplace status to Cancelled "
                "with the reason.",
                **names,
            )
        if state == "cancel":
            return self.env._(
                "%(channel)s waits for the decision about %(order)s. Use “Refuse”: the order is "
                "cancelled here once the marketplace knows.",
                **names,
            )
        return self.env._(
            "%(channel)s waits for the decision about %(order)s. Use “Confirm at marketplace”: "
            "the order is confirmed here once the marketplace has accepted.",
            **names,
        )

    # === PRIVATE === #

    def _orion_confirm_split(self):
        """Odoo's confirmation; marketplace orders apart, because they keep their date."""
        marketplace = self.filtered("orion_decision")
        marketplace._orion_check_products_known()
        own = self - marketplace
        result = True
        if own or not marketplace:
            result = super(SaleOrder, own).action_confirm()
        if marketplace:
            result = super(SaleOrder, marketplace).action_confirm()
        return result

    def _orion_refuse_instead(self):
        """What Odoo's Cancel does with orders the marketplace waits for."""
        user = self.env.user
        if not user._is_superuser() and not user.has_group(USER):
            raise UserError(self[0]._orion_state_refusal("cancel"))
        return self._orion_reject_with(self.env._("Cancelled in Odoo by %(user)s", user=user.name))
