from odoo import fields, models

from odoo.addons.orion_base.lib.errors import (
    InvalidAnswer,
    OrionError,
    Rejected,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.lib.safe_url import fetch_url
from odoo.addons.orion_base.lib.sentence import Sentences

from ..label_pdf import UnreadableLabel, count_pages
from ..lib.label_file import LABEL_SECONDS, LARGEST_LABEL, LabelKind, kind_of

_lt = Sentences(__name__)

FETCH_JOB = "label_fetch"
_MIMETYPES = {"pdf": "application/pdf", "zpl": "application/zpl"}


class OrionShippingLabel(models.Model):
    """Fetching labels in the background. What is fetched once is never fetched again."""

    _inherit = "orion.shipping.label"

    # === ACTIONS === #

    def action_fetch(self):
        """Fetch these labels (again, where that failed) in the background."""
        self.check_access("read")
        self._request_fetch()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The labels are fetched in the background."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open(self):
        """Show the file, or the page where there is no file."""
        self.ensure_one()
        self.check_access("read")
        url = self.url
        if self.attachment_id:
            url = f"/orion/labels/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    # === BUSINESS === #

    def _request_fetch(self):
        """Have those fetched that are not there yet; one job a channel.

        :return: the labels that are fetched now
        """
        return self._ask_for_fetch(f"user:{self.env.uid}")

    def _ask_for_fetch(self, triggered_by, retry_count=0):
        asked = self.sudo().filtered(lambda label: label.url and label.state != "fetched")
        asked.write(
            {
                "state": "waiting",
                "error_message": False,
                "error_sentence": False,
                "next_attempt_at": False,
                "retry_count": retry_count,
            }
        )
        for channel, labels in asked.grouped("channel_id").items():
            channel._request_job(FETCH_JOB, {"label_ids": labels.ids}, triggered_by=triggered_by)
        return asked

    def _fetch_steps(self):
        """Fetch one label: no transaction is open meanwhile."""
        self.ensure_one()
        if not self.exists() or self.state != "waiting":
            return
        allowed = self.env["ir.config_parameter"].sudo()
        allow_private = allowed.get_param("orion_base.allow_private_addresses") == "True"
        url = self.url
        yield PAUSE
        answer = error = None
        try:
            answer = fetch_url(
                url,
                allow_private=allow_private,
                max_bytes=LARGEST_LABEL,
                timeout=LABEL_SECONDS,
            )
        except OrionError as raised:
            error = _said(raised)
        if not self.exists():
            # deleted meanwhile, with its order: the others are fetched all the same
            return
        values = self._values_of_answer(answer) if error is None else self._values_of_failure(error)
        self.write({**values, "attempts": self.attempts + 1})
        self.order_id._orion_tell_screens()
        failed = self.state == "failed"
        yield JobStep(
            processed=1,
            succeeded=int(not failed),
            failed=int(failed),
            errors=({"message": self.error_message, "reference": self.shipment_number},)
            if failed
            else (),
        )

    def _values_of_answer(self, answer):
        kind = kind_of(answer.body, answer.headers.get("Content-Type", ""))
        values = {"fetched_at": fields.Datetime.now()}
        if kind is LabelKind.LINK:
            return {**values, "state": "link"}
        values |= {"state": "fetched", "kind": kind.value, "can_merge": True}
        if kind is LabelKind.PDF:
            try:
                values["page_count"] = count_pages(answer.body)
            except UnreadableLabel as error:
                values |= {"can_merge": False, **said_values(error)}
        values["attachment_id"] = self._keep_file(answer.body, kind.value).id
        return values

    def _values_of_failure(self, error):
        """What is kept of a fetch that failed."""
        return {"state": "failed", **said_values(error)}

    def _keep_file(self, content, kind):
        """The file on the delivery, or on the order where there is none."""
        owner = self.picking_id or self.order_id
        prefix = self.carrier_id._get_delivery_label_prefix() if self.carrier_id else "Label"
        return self.env["ir.attachment"].create(
            {
                "name": f"{prefix}-{self.shipment_number or self.tracking_number}.{kind}",
                "raw": content,
                "mimetype": _MIMETYPES[kind],
                "res_model": owner._name,
                "res_id": owner.id,
            }
        )


def _said(error):
    """What is known of labels is said in words of labels."""
    if isinstance(error, Rejected) and error.details.get("status") in (404, 410):
        return Rejected(
            _lt(
                "The carrier has no label at this address (HTTP %(status)s). Check the label URL "
                "prefix and the shipment number.",
                status=error.details["status"],
            )
        )
    if isinstance(error, InvalidAnswer) and error.details.get("cause") == "too large":
        return Rejected(
            _lt(
                "What the carrier sends is larger than %(size)s MB: that is no label.",
                size=LARGEST_LABEL // 1024 // 1024,
            )
        )
    if isinstance(error, UnknownOutcome) and error.details.get("status"):
        # nothing can have happened: a label was only asked for
        return UnknownOutcome(
            _lt(
                "The carrier's server is in trouble (HTTP %(status)s).",
                status=error.details["status"],
            ),
            details=error.details,
        )
    return error


def said_values(error):
    """What a label keeps of an `OrionError`."""
    return {"error_message": error.message, "error_sentence": error.sentence}
