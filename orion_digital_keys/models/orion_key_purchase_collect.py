from datetime import timedelta

from odoo import fields, models

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.sentences import say

from ..key_store import NewKey, add_keys
from ..lib.key_list.parsing import normalised
from ..lib.keys_adapter import CodeKind, PurchaseStatus
from ..lib.purchasing import LONG_CHECKS, PATIENT_CHECKS, PREORDER_SECONDS, check_delay
from .orion_key_purchase_tell import DUPLICATES, MISSING, SURPLUS, TWICE


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
        awaited = self._awaited_pieces()
        if data.total:
            self.cost = float(data.total)
        elif not self.cost:
            self.cost = self.unit_price * self.quantity
        duplicates = self._store_codes(
            [code for code in codes if code.kind is not CodeKind.PENDING]
        )
        stored = self.batch_ids.key_ids
        if data.status is PurchaseStatus.FAILED:
            self._take_failure()
        elif data.status is PurchaseStatus.COMPLETE and len(stored) + duplicates >= self.quantity:
            self._complete(duplicates)
        elif self.allow_preorder and any(code.kind is CodeKind.PENDING for code in codes):
            # what is no pre-order has its code soon: it is late, or cannot be read
            self._wait_for_publication()
        else:
            self._note_missing(data.status, len(stored) + duplicates)
        given = awaited.filtered(lambda piece: piece.state == "claimed")
        given._wait_for_others(given.ids)

    def _store_codes(self, codes):
        """Keys of the codes that are not here yet, given to the pieces in their order; what nobody
        waits for any more goes to the pool. Codes beyond those that were bought may belong to the
        same pieces (a game and its extension), so they are locked until a person has looked.

        :return: number of codes that the product has already, from elsewhere
        """
        stored = self.batch_ids.key_ids
        known = set(stored.mapped("external_id"))
        fresh = [code for code in codes if code.external_id not in known]
        if not fresh:
            return 0
        waiting = self._awaited_pieces()
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
        bought = max(self.quantity - len(stored), 0)
        for key, piece in zip(keys[:bought], waiting, strict=False):
            piece._give(key)
        if keys[bought:]:
            self._lock_surplus(keys[bought:])
        self.env.flush_all()
        return len(result.duplicates)

    def _note_missing(self, status, count):
        """Keys are missing, again and again."""
        is_complete = status is PurchaseStatus.COMPLETE
        patience = PATIENT_CHECKS if is_complete else LONG_CHECKS
        if self.check_count < patience or self.reason == MISSING:
            return
        names = {"order": self.supplier_order_id, "count": count, "quantity": self.quantity}
        if is_complete:
            text = self.env._(
                "The supplier calls the order %(order)s complete, but has sent %(count)s of "
                "%(quantity)s keys. Claim the rest from it; it is asked again meanwhile.",
                **names,
            )
        else:
            text = self.env._(
                "The order %(order)s does not get on: %(count)s of %(quantity)s keys have come. "
                "Ask the supplier; it is asked again meanwhile.",
                **names,
            )
        self.write({"reason": MISSING, "reason_text": text})
        self._tell(MISSING)

    def _complete(self, duplicates):
        self.write({"state": "done", "completed_at": fields.Datetime.now(), "check_at": False})
        if self.reason not in (SURPLUS, TWICE):
            # what it was waited for is over
            self.write({"reason": False, "reason_text": False})
        if duplicates:
            # the same code was sold to us before: whoever waits for it must not get it
            self.write(
                {
                    "reason": DUPLICATES,
                    "reason_text": self.env._(
                        "The supplier delivered keys that it had sold before: %(count)s. Claim "
                        "others from it.",
                        count=duplicates,
                    ),
                }
            )
            self._awaited_pieces()._hold("purchase_failed")
            self._tell(DUPLICATES)
        self._orion_purchase_complete()

    def _orion_purchase_complete(self):
        """All codes that will come are here: what else is to be kept of the order (its invoice …)
        follows."""

    def _awaited_pieces(self):
        return self.piece_ids.filtered(lambda p: p.state in ("ordered", "preordered"))

    def _take_failure(self):
        """The supplier gave the order up; what it has delivered stays. A person looks before
        anything is bought again."""
        self._fail(
            "purchase_failed",
            self.env._("The supplier gave the order %(order)s up.", order=self.supplier_order_id),
        )
        self._give_up_for_now(self._awaited_pieces())
        if self.batch_ids.key_ids:
            # what it has delivered is paid
            self.completed_at = fields.Datetime.now()
            self._orion_purchase_complete()

    def _wait_for_publication(self):
        self._ordered_pieces().write({"state": "preordered"})
        self.state = "preorder"
        self._check_later(PREORDER_SECONDS)

    def _note_unreadable(self, error):
        self.write({"reason": error.code, "reason_text": say(self.env, error)})
        if self.check_count == PATIENT_CHECKS:
            self._tell(MISSING)

    def _begin_check(self):
        """Written before the supplier is asked, so that an order that cannot be read keeps nobody
        from the others."""
        self._check_later(check_delay(self.check_count))
        self.check_count += 1

    def _check_later(self, seconds):
        self.check_at = fields.Datetime.now() + timedelta(seconds=seconds)

    def _lock_with_pieces(self):
        """Who cancels or refunds an order meanwhile goes first; then this begins anew."""
        hold_rows(self.piece_ids)

    def _orion_lock_for_outcomes(self):
        """What follows from an answer changes pieces and offers, too."""
        purchases = self.exists()
        purchases._lock_with_pieces()
        hold_rows(purchases.offer_id)


def _new_key(code):
    value = normalised(code.value) if isinstance(code.value, str) else code.value
    return NewKey(value, kind=code.kind.value, filename=code.filename, external_id=code.external_id)
