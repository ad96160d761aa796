from markupsafe import escape

from odoo import models

#: Why a person has to look, beside the reasons of pieces.
SURPLUS, MISSING, DUPLICATES, TWICE = (
    "surplus_codes",
    "codes_missing",
    "duplicate_codes",
    "bought_twice",
)


class OrionKeyPurchase(models.Model):
    """Somebody is told of what is no machine's matter."""

    _inherit = "orion.key.purchase"

    def _tell(self, reason):
        """One activity a channel and reason for the responsible, however many purchases have it;
        `orion.channel._close_told` ends it.

        :param reason: a value of `reason` of pieces, or one of the above
        """
        channel = self.channel_id
        if reason == "balance_too_low":
            channel._follow_low_balance(self.reason_text)
            return
        user = channel._key_responsible()
        if not user or channel.activity_ids.filtered(lambda one: one.orion_key_reason == reason):
            return
        told = self.with_context(lang=user.lang)
        channel.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=told._reason_label(reason),
            note=escape(
                f"{self.reference}: {self.reason_text or ''} {told._reason_hint(reason)}".rstrip()
            ),
            user_id=user.id,
            orion_key_reason=reason,
        )

    def _reason_label(self, reason):
        labels = dict(
            self.env["orion.digital.piece"]._fields["reason"]._description_selection(self.env),
            surplus_codes=self.env._("More Keys than Bought"),
            codes_missing=self.env._("Fewer Keys than Bought"),
            duplicate_codes=self.env._("Keys That Were Sold Before"),
            bought_twice=self.env._("Bought Twice"),
        )
        return labels.get(reason, reason)

    def _reason_hint(self, reason):
        """What to do, in the language of the environment."""
        if reason in (MISSING, DUPLICATES, TWICE):
            return ""
        if reason == SURPLUS:
            return self.env._(
                "The others are locked. Ask the supplier whether they belong to the same pieces; "
                "then put them into the pool, or throw them away, on the page of the purchase."
            )
        if reason == "purchase_failed":
            return self.env._(
                "Look at the supplier's own pages first. Then release the pieces under Digital "
                "Keys: they are bought anew, or get keys of the pool."
            )
        return self.env._(
            "What waits for it stands under Digital Keys; it is tried again by itself once the "
            "cause is gone."
        )
