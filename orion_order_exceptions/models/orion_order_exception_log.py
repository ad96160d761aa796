from collections import defaultdict

from markupsafe import Markup, escape

from odoo import models


class OrionOrderException(models.Model):
    """What happens to exceptions, noted in their orders: one note an order and change, written
    for all of them at once. The note's author is who did it."""

    _inherit = "orion.order.exception"

    def _log_resolved(self, notes, source, released):
        """:param released: the orders that wait for no product any more"""
        sentences = {}
        for exception in self:
            names = {
                "sold": exception.original_product_name,
                "product": exception.resolved_product_id.sudo().display_name,
            }
            if source == "alias":
                text = self.env._("“%(sold)s” is %(product)s, as was learned before.", **names)
            elif source == "automatic":
                text = self.env._("“%(sold)s” is %(product)s, by its number.", **names)
            else:
                text = self.env._("“%(sold)s” is %(product)s.", **names)
            sentences[exception] = text
        known = self.env._("The products of all lines are known now.")
        self._log(sentences, notes, dict.fromkeys(released, known))

    def _log_ignored(self, reason):
        self._log(
            {
                exception: self.env._(
                    "“%(sold)s” is left unresolved on purpose.",
                    sold=exception.original_product_name,
                )
                for exception in self
            },
            reason,
        )

    def _log_reopened(self):
        """They wait again, whatever they were before."""
        self._log(
            {
                exception: self.env._(
                    "“%(sold)s” waits for its product again.", sold=exception.original_product_name
                )
                for exception in self
            }
        )

    def _log_undone(self):
        """To be called while they still know their products."""
        self._log(
            {
                exception: self.env._(
                    "“%(sold)s” is not %(product)s: that is undone, and it waits for its product "
                    "again.",
                    sold=exception.original_product_name,
                    product=exception.resolved_product_id.sudo().display_name,
                )
                for exception in self
            }
        )

    def _log(self, sentences, reason=None, closing=None):
        """One note an order.

        :param sentences: `{exception: text}`
        :param reason: what a person has said, or None
        :param closing: `{order: text}` for some of the orders
        """
        by_order = defaultdict(list)
        for exception, text in sentences.items():
            by_order[exception.order_id].append(text)
        because = [self.env._("Reason: %(reason)s", reason=reason)] if reason else []
        bodies = {}
        for order, texts in by_order.items():
            last = [closing[order]] if closing and order in closing else []
            bodies[order.id] = Markup("<br/>").join(map(escape, (*texts, *because, *last)))
        self.order_id.sudo().browse(bodies)._message_log_batch(bodies=bodies)
