from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.engine.wake import wake_workers

PUT_OFF_MINUTES = 15


class OrionDigitalPiece(models.Model):
    """Pieces whose keys are bought."""

    _inherit = "orion.digital.piece"

    @api.model
    def _lock_to_buy(self, piece_ids):
        """Those that still wait for this supplier; others are not bought for twice, nor is what
        the pool has to be asked for first, or what must not be bought (any more)."""
        held = hold_rows(self.browse(piece_ids))
        held.invalidate_recordset()
        pieces = held.filtered(
            lambda piece: piece.state == "waiting" and piece.buy_at and not piece.try_at
        )
        return pieces - pieces._take_back_from_supplier()

    def _wait_to_buy(self, reason):
        """Nothing is bought for these now; tried again when an offer changes, and regularly."""
        if self:
            self.write({"reason": reason, "buy_at": False, "try_at": False})

    def _put_off_buying(self, minutes=PUT_OFF_MINUTES):
        """The supplier refused to say what these cost; it is asked again later."""
        if self:
            later = fields.Datetime.now() + timedelta(minutes=minutes)
            self.write({"buy_at": later, "reason": "purchase_failed"})

    def _give(self, key):
        """A key that was bought for this piece is reserved for it."""
        self.ensure_one()
        now = fields.Datetime.now()
        key.write({"state": "reserved", "piece_id": self.id, "reserved_at": now})
        self.write(
            {
                "state": "claimed",
                "key_id": key.id,
                "claimed_at": now,
                "try_at": now,
                "reason": False,
            }
        )
        wake_workers(self.env)
