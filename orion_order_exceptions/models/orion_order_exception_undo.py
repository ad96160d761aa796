from odoo import fields, models
from odoo.fields import Command

from ..resolve_result import UndoResult
from .orion_order_exception_resolve import BY_PEOPLE

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

    # === BUSINESS === #

    def _reopen_many(self):
        """Make ignored exceptions pending again; one that is not ignored stops no other.

        :return: a `resolve_result.UndoResult`
        """
        self._lock_for_resolution()
        ignored = self.filtered(lambda exception: exception.status == "ignored")
        ignored._wait_again()
        ignored._log_reopened()
        skipped = {exception: exception._not_ignored_sentence() for exception in self - ignored}
        return UndoResult(ignored, skipped=tuple(skipped.items()))

    def _undo_many(self):
        """Put the placeholder back on the lines, and make their exceptions pending again.

        One that cannot be undone stops no other. An alias that the resolution made goes with
        it, unless another person's resolution rests on it; and so does what only that alias has
        resolved, where its order allows.

        :return: a `resolve_result.UndoResult`
        """
        self._lock_for_resolution()
        skipped = self._find_undo_obstacles()
        undone = self - self.browse([exception.id for exception in skipped])
        forgotten = undone._find_forgettable()
        followed = undone._find_followers(forgotten)
        followed._lock_for_resolution()
        stuck = followed._find_undo_obstacles()
        followed -= self.browse([exception.id for exception in stuck])
        for product, exceptions in undone.grouped("resolved_product_id").items():
            exceptions.sudo().write({"undone_product_ids": [Command.link(product.id)]})
        (undone | followed)._take_products_off()
        lines, confirmed = undone._free_learned_lines(forgotten)
        forgotten._forget()
        followed |= lines.orion_exception_ids.sudo(self.env.su)
        return UndoResult(undone, followed, (*skipped.items(), *stuck.items()), confirmed)

    # === PRIVATE === #

    def _not_ignored_sentence(self):
        return self.env._(
            "%(exception)s is not ignored. Only ignored exceptions are reopened; a resolution is "
            "undone.",
            exception=self.display_name,
        )

    def _find_undo_obstacles(self):
        """`{exception: sentence}` of those whose resolution cannot be undone (any more)."""
        of_orders = self.order_id._orion_undo_obstacles()
        obstacles = {}
        for exception in self:
            if exception.status != "resolved" or not exception.resolved_product_id:
                obstacles[exception] = self.env._(
                    "%(exception)s was not resolved with a product: there is nothing to undo.",
                    exception=exception.display_name,
                )
            elif exception.order_id in of_orders:
                obstacles[exception] = of_orders[exception.order_id]
        return obstacles

    def _take_products_off(self):
        """Let the lines wait for their products again."""
        for problem, exceptions in self.grouped("exception_type").items():
            exceptions.order_line_id.sudo()._orion_forget_product(problem)
        self._log_undone()
        self._wait_again()
        self.order_id._orion_note_unknown_products()

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

    # === WHAT WAS LEARNED === #

    def _find_forgettable(self):
        """Aliases that these resolutions have taught, and on which no other person's rests.
        What an alias has resolved by itself rests on nobody's word, so it does not keep it."""
        wanted = self._learnable()
        if not wanted:
            return self.env["orion.product.alias"].sudo()
        learned = (
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
        others = self._search_resolved(learned, BY_PEOPLE) - self
        kept = others._learnable()
        return learned.filtered(lambda alias: alias._key() not in kept)

    def _find_followers(self, aliases):
        """Other exceptions that these aliases have resolved by themselves."""
        keys = {alias._key() for alias in aliases}
        found = self._search_resolved(aliases, ("alias",)) - self
        return found.filtered(lambda exception: exception._learnable() & keys).sudo(self.env.su)

    def _free_learned_lines(self, aliases):
        """Lines that came in meanwhile and were matched by what is forgotten now wait for their
        product like those whose resolution is undone.

        :return: these lines, and the orders that are confirmed with it already
        """
        lines = self._search_learned_lines(aliases)
        orders = lines.order_id
        # confirmed by somebody else at this moment, they keep their products
        orders.filtered(lambda order: order.state in ("draft", "sent"))._orion_lock()
        confirmed = orders.browse([order.id for order in orders._orion_undo_obstacles()])
        free = lines.filtered(lambda line: line.order_id not in confirmed)
        if free:
            free._orion_forget_product("product_not_found")
            free.order_id._orion_lines_unmatched(free)
            free.order_id._orion_note_unknown_products()
        for order, kept in (lines - free).grouped("order_id").items():
            order._orion_note_taken_back(kept)
        return free, confirmed

    def _search_learned_lines(self, aliases):
        if not aliases:
            return self.env["sale.order.line"].sudo()
        keys = {alias._key() for alias in aliases}
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("orion_learned", "=", True),
                    ("company_id", "in", aliases.company_id.ids),
                    ("product_id", "in", aliases.product_id.ids),
                    ("orion_exception_ids", "=", False),
                    ("state", "!=", "cancel"),
                    ("order_id.orion_is_history", "=", False),
                ]
            )
        )
        return lines.filtered(lambda line: line._orion_learnable() & keys)

    def _search_resolved(self, aliases, sources):
        """Exceptions resolved with the products of `aliases`, and sold under their values."""
        if not aliases:
            return self.sudo().browse()
        values = aliases.mapped("value")
        return self.sudo().search(
            [
                ("status", "=", "resolved"),
                ("resolution_source", "in", sources),
                ("company_id", "in", aliases.company_id.ids),
                ("resolved_product_id", "in", aliases.product_id.ids),
                "|",
                ("canonical_gtin", "in", values),
                ("original_sku", "in", values),
            ]
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
