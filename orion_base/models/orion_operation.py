from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.wake import wake_workers
from ..json_field import ReadableJson
from ..lib.outbox import Repeat
from ..rpc import MANAGER, check_caller

OPEN_STATUSES = ("pending", "processing", "unknown")


class OrionOperation(models.Model):
    """Something to tell a marketplace. The queue of them is an outbox: written in the
    transaction of the change that causes it, sent by the engine afterwards."""

    _name = "orion.operation"
    _description = "Marketplace Operation"
    _order = "priority desc, id"
    _rec_name = "reference"

    channel_id = fields.Many2one("orion.channel", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    operation = fields.Selection([], required=True, readonly=True)
    status = fields.Selection(
        [
            ("pending", "Pending"),
            ("processing", "Processing"),
            ("completed", "Completed"),
            ("failed", "Failed"),
            ("unknown", "Outcome Unknown"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    priority = fields.Integer(
        readonly=True, default=0, help="Higher goes first; equal ones in order of creation."
    )
    reference = fields.Char(readonly=True, help="What the operation is about, for people.")
    idempotency_key = fields.Char(required=True, readonly=True)
    elsewhere = fields.Boolean(
        readonly=True,
        help="Goes to another host than the channel's own: it does not wait while the channel's "
        "calls are paused, and tells nothing of the channel's health.",
    )
    ordering_key = fields.Char(
        readonly=True, help="Operations with the same key are sent one after the other."
    )
    res_model = fields.Char(string="Record Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    payload = ReadableJson(readonly=True, help="What is sent; holds no secret.")
    response_data = ReadableJson(readonly=True, help="What the marketplace answered.")
    attempts = fields.Integer(
        readonly=True,
        help="Answers that led to another try. Waiting for a service that is down, or that "
        "asks to slow down, uses none.",
    )
    max_attempts = fields.Integer(readonly=True, default=3)
    deferrals = fields.Integer(readonly=True, help="Times it was put off; sets the next wait.")
    next_attempt_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(
        readonly=True,
        help="Committed before the request leaves, so that nothing sent is forgotten.",
    )
    completed_at = fields.Datetime(readonly=True)
    lease_until = fields.Datetime(
        readonly=True, help="Until then one worker owns it; afterwards others take it up."
    )
    lease_token = fields.Char(readonly=True, groups="base.group_system")
    error_code = fields.Char(readonly=True)
    error_message = fields.Text(readonly=True, help="In English, as it was written down.")
    error_sentence = ReadableJson(
        readonly=True, help="What the message was made of, to say it in other languages."
    )
    told_unknown = fields.Boolean(
        string="A Person Was Told",
        readonly=True,
        help="Whether a person was told that its outcome stays unknown.",
    )
    applied = fields.Boolean(
        readonly=True,
        default=True,
        help="Whether what follows from the outcome has been done in Odoo.",
    )
    apply_attempts = fields.Integer(readonly=True)
    apply_after = fields.Datetime(readonly=True)
    apply_error = fields.Text(
        readonly=True, help="Why the outcome could not be taken over in Odoo yet."
    )
    cancel_reason = fields.Char(readonly=True)
    blocked_by_id = fields.Many2one(
        "orion.operation",
        string="Cancelled Behind",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The failed operation this one waited for. Retrying that one revives this one.",
    )
    log_id = fields.Many2one(
        "orion.sync.log", readonly=True, ondelete="set null", index="btree_not_null"
    )
    active_age = fields.Float(
        string="Age (hours)", compute="_compute_active_age", help="Hours since it was created."
    )

    _idempotency_key_unique = models.UniqueIndex(
        "(idempotency_key)", "This operation exists already."
    )
    _claim_index = models.Index("(channel_id, priority DESC, id) WHERE status = 'pending'")
    _elsewhere_index = models.Index(
        "(channel_id, next_attempt_at) WHERE elsewhere IS TRUE AND status = 'pending'"
    )
    _ordering_index = models.Index(
        "(ordering_key, id) WHERE status IN ('pending', 'processing', 'unknown')"
    )
    _settle_index = models.Index(
        "(channel_id, next_attempt_at) WHERE status IN ('processing', 'unknown')"
    )
    _apply_index = models.Index("(channel_id, id) WHERE NOT applied")
    _record_index = models.Index("(res_model, res_id)")
    _status_index = models.Index("(channel_id, status, create_date)")

    @api.depends("create_date")
    def _compute_active_age(self):
        now = fields.Datetime.now()
        for operation in self:
            created = operation.create_date or now
            operation.active_age = (now - created).total_seconds() / 3600

    # === BUSINESS: what the outbox can say === #

    @api.model
    def _get_verbs(self):
        """The kinds of operation, extended by the addons that bring them.

        :return: dict of `odoo.addons.orion_base.lib.outbox.Verb` by name
        """
        return {}

    @api.model
    def _enqueue(self, channel, operation, values_list):
        """Write operations in the caller's transaction; the workers wake when it commits.

        :param channel: one `orion.channel`
        :param operation: a verb's name
        :param values_list: dicts of `idempotency_key`, `payload`, and optionally `record`
            (the business record), `ordering_key`, `priority` and `reference`
        :return: the operations in the order given; those whose key exists already are
            returned as they are. Lock the business records first: two transactions that
            enqueue the same key at once end in an error for the second.
        """
        channel.ensure_one()
        keys = [values["idempotency_key"] for values in values_list]
        known = {
            existing.idempotency_key: existing
            for existing in self.sudo().search([("idempotency_key", "in", keys)])
        }
        fresh = {values["idempotency_key"]: values for values in values_list}
        for key in known:
            fresh.pop(key, None)
        elsewhere = channel._calls_elsewhere(self._get_verbs()[operation].role)
        created = self.sudo().create(
            [
                {**self._prepare_values(channel, operation, values), "elsewhere": elsewhere}
                for values in fresh.values()
            ]
        )
        if created:
            wake_workers(self.env)
        known.update({record.idempotency_key: record for record in created})
        return self.browse([known[key].id for key in keys])

    @api.model
    def _prepare_values(self, channel, operation, values):
        record = values.get("record")
        return {
            "channel_id": channel.id,
            "operation": operation,
            "idempotency_key": values["idempotency_key"],
            "ordering_key": values.get("ordering_key")
            or (record and f"{record._name},{record.id}"),
            "payload": values["payload"],
            "priority": values.get("priority", 0),
            "reference": values.get("reference") or (record and record.display_name) or False,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
        }

    def _reasons_not_to_send(self):
        """Operations of guarded verbs that must not be sent any more; asked by the worker.

        :return: dict of sentences by operation id
        """
        return {}

    def _refresh_payloads(self):
        """Bring the payloads of operations of refreshed verbs up to date, just before they are
        sent; asked by the worker that has claimed them.

        Lock the business records first, with `log_exceptions=False`: the worker begins anew when
        somebody else has changed them. One that has become pointless may be cancelled here: it is
        not sent.

        :return: `{operation id: payload}` of those that have another one now
        """
        return {}

    def _record(self):
        """The business record, or None when there is none (any more)."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    # === BUSINESS: people === #

    def retry(self, reason=None):
        """Send failed or cancelled operations again, and those that were cancelled behind them.

        What was sent and never answered is not sent blindly, also when somebody has cancelled it
        since: the marketplace is asked first. Where it cannot be asked, who retries says that it
        did not happen.

        :param reason: text kept on the operations
        :return: `{"retried": n}`; those in a state that cannot be retried are left alone
        :raise UserError: when that is all of them, or one is being worked on
        """
        check_caller(self, MANAGER, "read")
        operations = self | self._followers(self)
        operations._lock_with_siblings()
        wrong = operations.filtered(lambda op: op.status not in ("failed", "cancelled", "unknown"))
        operations -= wrong
        if wrong and not operations:
            raise UserError(
                self.env._(
                    "Nothing could be retried. Only failed and cancelled operations can be: the "
                    "others are waiting, being sent or completed."
                )
            )
        operations._close_failure_activities(
            self.env._("Sent again by %(user)s.", user=self.env.user.name)
        )
        unsettled = operations.filtered(lambda op: op._is_unsettled())
        unsettled._settle_again(reason)
        (operations - unsettled)._send_again(reason)
        wake_workers(self.env)
        return {"retried": len(operations)}

    def _is_unsettled(self):
        """Whether its outcome is unknown, and is found out without a person."""
        self.ensure_one()
        repeat = self._repeat()
        if self.status == "unknown":
            return repeat is not Repeat.MANUAL
        return self.status == "cancelled" and self.sent_at and repeat is Repeat.RECONCILABLE

    def _repeat(self):
        """How an unknown outcome of this operation is settled; None where nobody sends it."""
        self.ensure_one()
        verb = self._get_verbs().get(self.operation)
        return verb and verb.repeat

    def _settle_again(self, reason):
        """Find out what became of these. Those that were given up are unknown again."""
        for operation in self.sudo():
            operation.write({"next_attempt_at": operation._earliest_question(), "deferrals": 0})
        self.filtered(lambda op: op.status == "cancelled").sudo().write(
            {**self._prepare_retry(reason), "status": "unknown", "applied": False}
        )

    def _send_again(self, reason):
        self.sudo().write(
            {
                **self._prepare_retry(reason),
                "status": "pending",
                "deferrals": 0,
                "next_attempt_at": False,
                "sent_at": False,
                "applied": True,
            }
        )

    @api.model
    def _prepare_retry(self, reason):
        return {
            "attempts": 0,
            "apply_attempts": 0,
            "apply_after": False,
            "error_code": False,
            "error_message": reason or False,
            "error_sentence": False,
            "cancel_reason": False,
            "blocked_by_id": False,
        }

    def _earliest_question(self):
        """A person need not wait as long as the engine would; but before the marketplace has
        settled, its "did not happen" may be wrong."""
        self.ensure_one()
        if self._repeat() is not Repeat.RECONCILABLE or not (self.next_attempt_at and self.sent_at):
            return False
        seconds = self._get_verbs()[self.operation].settle_seconds
        settled = self.sent_at + timedelta(seconds=self.channel_id.request_timeout + seconds)
        return min(self.next_attempt_at, settled)

    def cancel(self, reason=None):
        """Give up operations that were not sent, that failed, or whose outcome nobody finds out.

        :param reason: text kept on the operations
        :return: `{"cancelled": n}`; those that were sent are left alone
        :raise UserError: when that is all of them, or one is being sent
        """
        check_caller(self, MANAGER, "read")
        self._lock_with_siblings()
        wrong = self.filtered(lambda op: op.status not in ("pending", "failed", "unknown"))
        operations = self - wrong
        if wrong and not operations:
            raise UserError(
                self.env._(
                    "Nothing could be cancelled. Only waiting and failed operations can be: the "
                    "others were sent, are being sent or are finished."
                )
            )
        given_up = self.env._("Cancelled by %(user)s", user=self.env.user.name)
        operations.filtered(lambda op: op.status == "failed")._close_failure_activities(given_up)
        # what is known not to have happened need not be asked about when it is retried
        operations.filtered(lambda op: op.status != "unknown").sudo().sent_at = False
        operations.sudo().write(
            {
                "status": "cancelled",
                "cancel_reason": reason or given_up,
                "applied": False,
                "apply_after": False,
                # a worker that is asking about it writes nothing any more
                "lease_token": False,
                "lease_until": False,
            }
        )
        wake_workers(self.env)
        return {"cancelled": len(operations)}

    def _followers(self, operations):
        return (
            self.sudo()
            .search([("blocked_by_id", "in", operations.ids), ("status", "=", "cancelled")])
            .sudo(self.env.su)
        )

    def _lock_with_siblings(self):
        """Lock these operations and the open ones of the same ordering key.

        A worker that claims one of them at this moment makes this fail: what is being
        sent cannot be changed any more.
        """
        keys = [key for key in self.sudo().mapped("ordering_key") if key]
        siblings = self.sudo().search(
            [("ordering_key", "in", keys), ("status", "in", OPEN_STATUSES)]
        )
        records = (self.sudo() | siblings).exists()
        if len(records.try_lock_for_update()) < len(records) or any(
            operation.status == "processing" for operation in records
        ):
            raise UserError(
                self.env._(
                    "One of these operations, or another one of the same order, is being sent "
                    "right now. Wait a moment and try again."
                )
            )

    # === ACTIONS === #

    def action_cancel(self):
        return self._notify(
            self.env._("Operations cancelled: %(count)s.", count=self.cancel()["cancelled"])
        )

    def action_open_record(self):
        self.ensure_one()
        record = self._record()
        if record is None:
            raise UserError(self.env._("The record of this operation does not exist any more."))
        return record.get_formview_action()

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
