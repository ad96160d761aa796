from odoo import models


class OrionOrderException(models.Model):
    """Going back: reopening what was ignored, undoing what was resolved."""

    _inherit = "orion.order.exception"

    # === ACTIONS === #

    def action_reopen(self):
        """Ignored exceptions wait again."""
        self._reopen()

    def action_undo(self):
        """Take resolutions back, as long as the orders are not confirmed."""
        self._undo_resolution()

    # === BUSINESS === #

    def _reopen(self):
        """Make ignored exceptions pending again.

        :raise UserError: when one of them is not ignored
        """

    def _undo_resolution(self):
        """Put the placeholder back on the lines, and make their exceptions pending again.

        An alias that the resolution made goes with it, unless another resolution rests on it.

        :raise UserError: when an order is confirmed, or a decision about it is on its way
        """
