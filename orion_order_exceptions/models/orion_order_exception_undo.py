from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import USER, check_caller

#: What a resolution has written, as it was before.
UNRESOLVED = {
    "status": "pending",
    "resolved_product_id": False,
    "resolved_by": False,
    "resolved_at": False,
    "resolution_notes": False,
    "resolution_source": False,
}


class OrionOrderException(models.Model):
    """Going back: reopening what was ignored, undoing what was resolved."""

    _inherit = "orion.order.exception"

    # === ACTIONS === #

    def action_reopen(self):
        """Ignored exceptions wait again."""
        check_caller(self, USER, "write")
        self._reopen()
        return self.env["sale.order"]._orion_notify(
            self.env._("Exceptions that wait again: %(count)s.", count=len(self))
        )

    def action_undo(self):
        """Take resolutions back, as long as the orders are not confirmed."""
        check_caller(self, USER, "write")
        self._undo_resolution()
        return self.env["sale.order"]._orion_notify(
            self.env._("Resolutions undone: %(count)s.", count=len(self))
        )

    # === BUSINESS === #

    def _reopen(self):
        """Make ignored exceptions pending again.

        :raise UserError: when one of them is not ignored
        """
        self._lock_for_resolution()
        for exception in self:
            if exception.status != "ignored":
                raise UserError(
                    self.env._(
                        "%(exception)s is not ignored. Only ignored exceptions are reopened; a "
                        "resolution is undone.",
                        exception=exception.display_name,
                    )
                )
        self._wait_again()

    def _undo_resolution(self):
        """Put the placeholder back on the lines, and make their exceptions pending again.

        An alias that the resolution made goes with it, unless another resolution rests on it.

        :raise UserError: when an order is confirmed, or a decision about it is on its way
        """
        self._lock_for_resolution()
        for exception in self:
            if exception.status != "resolved" or not exception.resolved_product_id:
                raise UserError(
                    self.env._(
                        "%(exception)s was not resolved with a product: there is nothing to undo.",
                        exception=exception.display_name,
                    )
                )
        self.order_id._orion_check_undo()
        aliases = self._find_learned()
        for product, exceptions in self.grouped("resolved_product_id").items():
            exceptions.sudo().undone_product_id = product
        for problem, exceptions in self.grouped("exception_type").items():
            exceptions.order_line_id.sudo()._orion_forget_product(problem)
        self._wait_again()
        self.order_id._orion_note_unknown_products()
        self._forget_learned(aliases)

    # === PRIVATE === #

    def _end_without_product(self):
        """Nobody waits for these products any more: their pieces are refused here or on the
        marketplace, or their order is cancelled."""
        self.sudo().write(
            {
                "status": "resolved",
                "resolved_by": self.env.uid,
                "resolved_at": fields.Datetime.now(),
                "resolution_source": self.env.context.get("orion_exception_source", "refused"),
            }
        )
        self.order_id._orion_release_if_known()

    def _wait_again(self):
        self.sudo().write(
            {**UNRESOLVED, "pending_since": fields.Datetime.now(), "reminded_at": False}
        )

    def _find_learned(self):
        """Aliases that were learned by resolving these or others in the same way."""
        wanted = self._learnable()
        return (
            self.env["orion.product.alias"]
            .sudo()
            .search(
                [
                    ("exception_id", "!=", False),
                    ("company_id", "in", self.company_id.ids),
                    ("value", "in", [key[2] for key in wanted]),
                ]
            )
            .filtered(lambda alias: alias._key() in wanted)
        )

    def _learnable(self):
        """`{(company, kind, value, product)}` that resolutions may have taught."""
        return {
            (exception.company_id, kind, value, exception.resolved_product_id)
            for exception in self
            for kind, value in (
                ("gtin", exception.canonical_gtin),
                ("sku", exception.original_sku),
            )
            if value
        }

    def _forget_learned(self, aliases):
        """Take those aliases back on which no other resolution rests."""
        others = self.sudo().search(
            [
                ("status", "=", "resolved"),
                ("company_id", "in", aliases.company_id.ids),
                ("resolved_product_id", "in", aliases.product_id.ids),
                "|",
                ("canonical_gtin", "in", aliases.mapped("value")),
                ("original_sku", "in", aliases.mapped("value")),
            ]
        )
        kept = others._learnable()
        aliases.filtered(lambda alias: alias._key() not in kept)._forget()
