from datetime import timedelta

from odoo import fields, models

from ..key_store import NewKey, add_keys
from ..lib.keys_adapter import CodeKind, PurchaseStatus
from ..lib.purchasing import PREORDER_SECONDS, check_delay


class OrionKeyPurchase(models.Model):
    """Phase two: the codes."""

    _inherit = "orion.key.purchase"

    # === BUSINESS === #

    def _take_over(self, data, codes):
        """Write what the supplier has of this purchase; what is here already stays.

        :param data: `lib.keys_adapter.PurchaseData`
        :param codes: its `PurchasedCode`s as they are now
        """
        self.ensure_one()
        self._lock_with_pieces()
        self.cost = float(data.total)
        if data.status is PurchaseStatus.FAILED:
            self._take_failure()
            return
        duplicates = self._store_codes(
            [code for code in codes if code.kind is not CodeKind.PENDING]
        )
        stored = self.batch_ids.key_ids
        if data.status is PurchaseStatus.COMPLETE and len(stored) + duplicates >= self.quantity:
            self._complete(duplicates)
        elif any(code.kind is CodeKind.PENDING for code in codes):
            self._wait_for_publication()
        else:
            self._check_later(check_delay(self.check_count))

    def _store_codes(self, codes):
        """Keys of the codes that are not here yet, given to the pieces in their order; what nobody
        waits for any more goes to the pool.

        :return: number of codes that the product has already, from elsewhere
        """
        known = set(self.batch_ids.key_ids.mapped("external_id"))
        fresh = [code for code in codes if code.external_id not in known]
        if not fresh:
            return 0
        waiting = self.piece_ids.filtered(lambda p: p.state in ("ordered", "preordered"))
        batch = self.batch_ids[:1] or self.env["orion.digital.key"]._make_batch(
            self.product_id,
            self.company_id,
            "supplier",
            purchase_id=self.id,
            currency_id=self.currency_id.id,
            unit_cost=self.cost / self.quantity,
        )
        result = add_keys(batch, [_new_key(code) for code in fresh])
        keys = self.env["orion.digital.key"].browse(
            [result.key_ids[place] for place in sorted(result.key_ids)]
        )
        for key, piece in zip(keys, waiting, strict=False):
            piece._give(key)
        self.env.flush_all()
        return len(result.duplicates)

    def _complete(self, duplicates):
        self.write({"state": "done", "completed_at": fields.Datetime.now(), "check_at": False})
        if duplicates:
            # the same code was sold to us before: whoever waits for it must not get it
            self.write(
                {
                    "reason": "duplicate_codes",
                    "reason_text": self.env._(
                        "The supplier delivered keys that it had sold before: %(count)s. Claim "
                        "others from it.",
                        count=duplicates,
                    ),
                }
            )
            self.piece_ids.filtered(lambda p: p.state in ("ordered", "preordered"))._wait(
                "purchase_failed", again=False
            )
            self._tell("purchase_failed")
        self._orion_purchase_complete()

    def _orion_purchase_complete(self):
        """All codes are here: what else is to be kept of the order (its invoice …) follows."""

    def _take_failure(self):
        """The supplier gave the order up. A person looks before anything is bought again."""
        self._fail(
            "purchase_failed",
            self.env._("The supplier gave the order %(order)s up.", order=self.supplier_order_id),
        )
        self.piece_ids.filtered(lambda p: p.state in ("ordered", "preordered"))._wait(
            "purchase_failed", again=False
        )
        self._tell("purchase_failed")

    def _wait_for_publication(self):
        self._ordered_pieces().write({"state": "preordered"})
        self.state = "preorder"
        self._check_later(PREORDER_SECONDS)

    def _note_unreadable(self, error):
        self.write({"reason": error.code, "reason_text": error.message})
        self._check_later(check_delay(self.check_count))

    def _check_later(self, seconds):
        self.write(
            {
                "check_at": fields.Datetime.now() + timedelta(seconds=seconds),
                "check_count": self.check_count + 1,
            }
        )

    def _lock_with_pieces(self):
        """Who cancels or refunds an order meanwhile goes first; then this begins anew."""
        self.env.cr.execute(
            "SELECT id FROM orion_digital_piece WHERE purchase_id = %s ORDER BY id"
            " FOR NO KEY UPDATE",
            (self.id,),
            log_exceptions=False,
        )


def _new_key(code):
    value = code.value.strip() if isinstance(code.value, str) else code.value
    return NewKey(value, kind=code.kind.value, filename=code.filename, external_id=code.external_id)
