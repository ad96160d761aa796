from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from ..engine.decisions import needs_person
from ..lib.outbox import Repeat
from ..sentences import say_kept

#: Seconds before an outcome that could not be taken over is tried again; doubled each time.
RETRY_SECONDS = 60
LONGEST_WAIT = 3600


class OrionOperation(models.Model):
    """What follows in Odoo from the outcome of an operation."""

    _inherit = "orion.operation"

    def _apply_outcomes(self):
        """Hand the outcomes to the business records; raises when one cannot take it.

        A model may define `_orion_operations_done(operations)` to take many at once;
        otherwise `_orion_operation_done(operation)` is called on each record.
        """
        for res_model, operations in self.grouped("res_model").items():
            model = self.env.get(res_model) if res_model else None
            if model is not None:
                operations._apply_to_records(model)
        for operation in self.filtered(lambda op: op.status == "failed"):
            operation._notify_failure()
        self._follow_unknown()
        self.filtered("apply_attempts")._close_apply_activities()

    def _apply_to_records(self, model):
        existing = model.browse(self.mapped("res_id")).exists()
        operations = self.filtered(lambda op: op.res_id in existing._ids)
        if hasattr(model, "_orion_operations_done"):
            model._orion_operations_done(operations)
            return
        for operation in operations:
            model.browse(operation.res_id)._orion_operation_done(operation)

    def _notify_failure(self):
        """One activity to the responsible user, on the record the operation is about."""
        self.ensure_one()
        user = self._responsible_user()
        told = self.with_context(lang=user.lang)
        self._activity_target().activity_schedule(
            "orion_base.activity_type_operation_failed",
            summary=told._failure_summary(),
            note=told.env._(
                "%(reference)s: %(error)s. Settle it at the marketplace or here, then retry or "
                "cancel the operation in the queue.",
                reference=self.reference or self.idempotency_key,
                error=escape((told._said_error() or "").rstrip(" .")),
            ),
            user_id=user.id,
        )

    def _follow_unknown(self):
        """One activity for each operation whose outcome only a person finds out, as long as that
        is so."""
        verbs = self._get_verbs()
        for operation in self:
            needed = needs_person(
                verbs.get(operation.operation), operation.status, operation.deferrals
            )
            if needed and not operation.told_unknown:
                operation._notify_unknown(verbs[operation.operation])
        settled = self.filtered(lambda op: op.told_unknown and op.status != "unknown")
        settled._close_unknown_activities(self.env._("The outcome is known."))

    def _notify_unknown(self, verb):
        """One activity to the responsible user, who finds out what became of it."""
        self.ensure_one()
        user = self._responsible_user()
        told = self.with_context(lang=user.lang)
        if verb.repeat is Repeat.MANUAL:
            advice = told.env._(
                "Look at the marketplace's own pages whether it was done. If so, cancel the "
                "operation in the queue; if not, retry it."
            )
        else:
            advice = told.env._(
                "It is asked about again by itself, less and less often, and never sent twice. "
                "Look at the marketplace's own pages whether it was done, and see to what is "
                "missing; then cancel the operation in the queue. “Retry” asks at once."
            )
        self._activity_target().activity_schedule(
            "orion_base.activity_type_operation_failed",
            summary=told._unknown_summary(),
            note=escape(
                f"{self.reference or self.idempotency_key}: "
                f"{(told._said_error() or '').rstrip(' .')}. {advice}"
            ),
            user_id=user.id,
        )
        self.told_unknown = True

    def _said_error(self):
        """The error in the language of the environment; False for none."""
        self.ensure_one()
        return say_kept(self.env, self.error_message, self.error_sentence)

    def _note_apply_failure(self, error):
        """Keep why the outcome could not be taken over; one activity says what to do."""
        self.ensure_one()
        text = self._sentence_of(error)
        first = not self.apply_attempts
        wait = min(RETRY_SECONDS * 2 ** min(self.apply_attempts, 10), LONGEST_WAIT)
        self.write(
            {
                "apply_attempts": self.apply_attempts + 1,
                "apply_error": text,
                "apply_after": fields.Datetime.now() + timedelta(seconds=wait),
            }
        )
        self._tell_record_of_apply_failure()
        if not first:
            return
        user = self._responsible_user()
        told = self.with_context(lang=user.lang)
        self._activity_target().activity_schedule(
            "orion_base.activity_type_operation_failed",
            summary=told._apply_summary(),
            note=told.env._(
                "The marketplace accepted it; nothing is sent again. In Odoo it stopped with: "
                "%(error)s Remove the cause; it is tried again by itself.",
                error=escape(text.rstrip(" .") + "."),
            ),
            user_id=user.id,
        )

    @api.model
    def _sentence_of(self, error):
        """What an error says to people; its class where it was not written for them."""
        if isinstance(error, RedirectWarning):
            return str(error.args[0])
        return str(error) if isinstance(error, UserError) else type(error).__name__

    def _tell_record_of_apply_failure(self):
        """A model may define `_orion_operations_not_applied(operations)` to show it."""
        model = self.env.get(self.res_model) if self.res_model else None
        if model is not None and hasattr(model, "_orion_operations_not_applied"):
            model._orion_operations_not_applied(self)

    def _close_apply_activities(self):
        """What could not be taken over at first is done now."""
        self._close_activities("_apply_summary", self.env._("Done in Odoo too."))

    def _close_failure_activities(self, feedback):
        """Somebody has taken care of what failed."""
        # the engine, which wrote the activities, speaks no user's language
        operations = self.sudo().with_context(lang=None)
        operations._close_activities("_failure_summary", feedback)
        operations.filtered("told_unknown")._close_unknown_activities(feedback)

    def _close_unknown_activities(self, feedback):
        """It is known what became of these, or somebody sees to it."""
        self._close_activities("_unknown_summary", feedback)
        self.told_unknown = False

    def _close_activities(self, summary_method, feedback):
        """Close those that say so, in whatever language they were written.

        :param summary_method: name of a method that depends on the kind of operation only
        """
        kind = self.env.ref("orion_base.activity_type_operation_failed")
        languages = [None, *(code for code, _name in self.env["res.lang"].get_installed())]
        told = Domain.FALSE
        for operations in self.grouped("operation").values():
            first = operations[:1]
            summaries = {
                getattr(first.with_context(lang=language), summary_method)()
                for language in languages
            }
            told |= Domain("summary", "in", list(summaries)) & operations._on_activity_targets()
        told &= Domain("activity_type_id", "=", kind.id)
        activities = self.env["mail.activity"].search(told)
        if activities:
            activities.action_feedback(feedback=feedback)

    def _on_activity_targets(self):
        """Domain of the activities on what these operations are about; see `_activity_target`."""
        homeless = self
        domain = Domain.FALSE
        for res_model, operations in self.grouped("res_model").items():
            model = self.env.get(res_model) if res_model else None
            if not hasattr(model, "activity_schedule"):
                continue
            records = model.browse(set(operations.mapped("res_id"))).exists()
            domain |= Domain("res_model", "=", res_model) & Domain("res_id", "in", records.ids)
            homeless -= operations.filtered(lambda op, ids=records._ids: op.res_id in ids)
        channels = homeless.channel_id
        return domain | (
            Domain("res_model", "=", channels._name) & Domain("res_id", "in", channels.ids)
        )

    def _failure_summary(self):
        return self.env._("%(operation)s failed", operation=self._operation_label())

    def _unknown_summary(self):
        return self.env._(
            "%(operation)s: nobody knows whether it was done", operation=self._operation_label()
        )

    def _apply_summary(self):
        return self.env._(
            "%(operation)s is done at the marketplace, but not yet in Odoo",
            operation=self._operation_label(),
        )

    def _activity_target(self):
        record = self._record()
        if record is not None and hasattr(record, "activity_schedule"):
            return record
        return self.channel_id

    def _operation_label(self):
        return dict(self._fields["operation"]._description_selection(self.env)).get(
            self.operation, self.operation
        )

    def _responsible_user(self):
        record = self._record()
        user = record.user_id if record is not None and "user_id" in record._fields else False
        return self.channel_id._person_to_tell(user)
