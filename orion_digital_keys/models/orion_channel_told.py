from odoo import models

from odoo.addons.orion_base.lib.job import JobStep

from ..lib.purchasing import PATIENT_CHECKS
from .orion_key_purchase_tell import MISSING, SURPLUS


class OrionChannel(models.Model):
    """Who is told of trouble with purchases, and until when."""

    _inherit = "orion.channel"

    # === JOB === #

    def _account_steps(self, adapter):
        """What people were told of, and what is over by now."""
        yield from super()._account_steps(adapter)
        if self._close_told():
            yield JobStep()

    # === BUSINESS === #

    def _key_responsible(self):
        """The user to tell; empty where the company has none."""
        self.ensure_one()
        user = self.sudo().responsible_id
        if self.company_id in user.company_ids:
            return user
        return self.env["orion.alert"].sudo()._responsible(self.company_id)

    def _for_key_reader(self):
        """The channel in the language of who looks after it: for sentences that are stored."""
        self.ensure_one()
        reader = self._key_responsible()
        return self.with_context(lang=reader.lang or self.company_id.sudo().partner_id.lang)

    def _close_told(self):
        """End the activities whose cause is gone; whether there were any."""
        self.ensure_one()
        told = self.sudo().activity_ids.filtered("orion_key_reason")
        over = told.filtered(lambda activity: self._is_over(activity.orion_key_reason))
        over.unlink()
        return bool(over)

    def _is_over(self, reason):
        """Whether nobody has to look any more. What nobody but a person can settle is over when
        that person says so."""
        if reason == MISSING:
            late = [
                ("channel_id", "=", self.id),
                ("state", "in", ("waiting", "preorder")),
                ("check_count", ">=", PATIENT_CHECKS),
            ]
            return not self.env["orion.key.purchase"].search_count(late, limit=1)
        if reason == SURPLUS:
            locked = [("is_surplus", "=", True), ("batch_id.purchase_id.channel_id", "=", self.id)]
            return not self.env["orion.digital.key"].search_count(locked, limit=1)
        if reason in ("purchase_failed", "product_gone"):
            waiting = [
                ("supplier_id", "=", self.id),
                ("state", "in", ("waiting", "held")),
                ("reason", "=", reason),
            ]
            return not self.env["orion.digital.piece"].search_count(waiting, limit=1)
        return False
