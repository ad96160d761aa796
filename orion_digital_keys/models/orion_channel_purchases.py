import logging

from odoo import fields, models

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.lib.errors import Rejected, UnknownOutcome
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.keys_adapter import ROLE, CodeKind

_logger = logging.getLogger(__name__)


class OrionChannel(models.Model):
    """Buying at a supplier, and collecting what was bought."""

    _inherit = "orion.channel"

    def _job_key_purchases(self, state, parameters):
        """Collect the codes of purchases first, then buy what waits, then see to the account."""
        adapter = open_adapter(self, ROLE)
        told = self._for_key_reader()
        yield from told._collect_steps(adapter)
        yield from told._buy_steps(adapter)
        yield from told._account_steps(adapter)

    def _account_steps(self, adapter):
        """What else is asked of a supplier (balance, invoices): steps of the job, extended through
        `super()`."""
        yield from ()

    def _collect_steps(self, adapter):
        """One purchase a step. What was fetched is written, encrypted, before anything else."""
        seen = []
        while True:
            purchase = self._purchase_to_check(seen)
            if not purchase:
                return
            seen += purchase.ids
            order_id = purchase.supplier_order_id
            pending = purchase.state == "preorder"
            purchase._begin_check()
            yield PAUSE
            try:
                data = adapter.fetch_purchase(order_id)
                codes = _published(adapter, data.codes) if pending else data.codes
            except (Rejected, UnknownOutcome) as error:
                # of this order alone: what concerns host, key or rate ends the run
                purchase._note_unreadable(error)
                yield _step(purchase, error)
                continue
            purchase._take_over(data, codes)
            yield _step(purchase)

    def _purchase_to_check(self, seen):
        return self.env["orion.key.purchase"].search(
            [
                ("channel_id", "=", self.id),
                ("state", "in", ("waiting", "preorder")),
                ("check_at", "<=", fields.Datetime.now()),
                ("id", "not in", seen),
            ],
            order="check_at, id",
            limit=1,
        )


def _published(adapter, codes):
    """What of a pre-order has a code by now; one that cannot be read hides no other."""
    return tuple(_published_code(adapter, code) for code in codes)


def _published_code(adapter, code):
    if code.kind is not CodeKind.PENDING:
        return code
    try:
        return adapter.fetch_code(code.external_id)
    except Rejected as error:
        _logger.warning("A pre-ordered code cannot be read: %s", error.message)
        return code


def _entry(error):
    """For the log, which says it to each reader in the own language."""
    return {
        "message": error.message,
        **({"sentence": error.sentence} if error.sentence else {}),
    }


def _step(purchase, error=None):
    errors = ({**_entry(error), "reference": purchase.reference},) if error else ()
    return JobStep(
        processed=1,
        succeeded=int(error is None),
        failed=int(error is not None),
        errors=errors,
        counts={"purchases_done": int(purchase.state == "done")},
    )
