from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.orion_base import adapters
from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.errors import RetryLater, UnknownOutcome
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_marketplace_import.lib.catalogue_adapter import ROLE as CATALOGUE
from odoo.addons.orion_marketplace_import.models.orion_import_job import OPEN

from ..lib.batches import read_batch
from .orion_schedule import CATALOGUE_JOB

#: Their clock and ours need not agree, and lists are filled late.
OVERLAP = timedelta(minutes=10)
#: So often everything is read, for what has left the list in silence.
FULL_EVERY = timedelta(days=7)
#: Waits no longer than this for a list that had to be left.
LONGEST_WAIT = timedelta(minutes=15)


class OrionChannel(models.Model):
    """Reading the price list of CodesWholesale into staged products.

    Where a run stands is kept on its import, not in its log: what was interrupted, by whatever,
    goes on with the next run at the page it has come to.
    """

    _inherit = "orion.channel"

    codeswholesale_synced_until = fields.Datetime(
        string="Catalogue Read Until",
        readonly=True,
        copy=False,
        help="The next sync asks for what has changed since then.",
    )
    codeswholesale_full_at = fields.Datetime(
        string="Read as a Whole",
        readonly=True,
        copy=False,
        help="When the whole price list was read last. What it lacked then is hidden.",
    )

    # === JOB === #

    def _job_catalog_sync(self, state, parameters):
        """Stage what has changed, or everything, some pages a step.

        :param parameters: `{"full": True}` reads the whole list
        """
        del state  # see the class
        job = self._open_catalogue(bool(parameters.get("full")))
        cursor = dict(job.codeswholesale_cursor)
        yield PAUSE
        adapter = adapters.open_adapter(self, CATALOGUE)
        steps = 0
        while not cursor.get("complete"):
            try:
                batch = read_batch(
                    adapter, _moment(cursor["since"]), cursor["token"], cursor["restarts"]
                )
            except (RetryLater, UnknownOutcome) as error:
                if not steps:
                    raise
                # a part is done: this run is over, the next one goes on
                yield self._leave(job, cursor, error)
                return
            step = self._stage(job, cursor, batch)
            if step is None:
                return
            steps += 1
            yield step
        self._close_catalogue(job, cursor)
        yield JobStep()

    def _after_job(self, log):
        result = super()._after_job(log)
        if log.operation_type == CATALOGUE_JOB and log.schedule_id:
            cursor = self._unfinished_catalogue().codeswholesale_cursor or {}
            if wait := cursor.get("wait_seconds"):
                log.schedule_id.next_run_at = fields.Datetime.now() + timedelta(seconds=wait)
        return result

    # === CURSOR === #

    def _unfinished_catalogue(self):
        """The import that an interrupted run has left, or none."""
        jobs = self.env["orion.import.job"]
        unfinished = [("status", "in", OPEN), ("codeswholesale_cursor", "!=", False)]
        return jobs.search([("channel_id", "=", self.id), *unfinished], limit=1)

    def _open_catalogue(self, full):
        """The import to go on with, behind what an interrupted run has staged, or a new one."""
        job = hold_rows(self._unfinished_catalogue())
        if job and full and not job.is_full:
            job._finish("cancelled")
            job = job.browse()
        job = job or self._new_catalogue(full)
        cursor = dict(job.codeswholesale_cursor)
        if cursor.pop("wait_seconds", None):
            job.codeswholesale_cursor = cursor
        return job

    def _new_catalogue(self, full):
        self._end_stranded()
        now = fields.Datetime.now()
        full_at, until = self.codeswholesale_full_at, self.codeswholesale_synced_until
        full = full or not (full_at and until) or full_at < now - FULL_EVERY
        since = None if full else until - OVERLAP
        source = (
            self.env._("CodesWholesale, the whole price list")
            if full
            else self.env._("CodesWholesale, changes since %(time)s", time=since)
        )
        return self.env["orion.import.job"].create(
            {
                "channel_id": self.id,
                "language": "en",
                "is_full": full,
                "source_name": source,
                "is_scheduled": True,
                "status": "processing",
                "started_at": now,
                "codeswholesale_cursor": {
                    "since": since and since.isoformat(),
                    "token": None,
                    "restarts": 0,
                    "started": now.isoformat(),
                },
            }
        )

    def _end_stranded(self):
        """Imports that no run goes on with would keep the channel from publishing for ever."""
        jobs = self.env["orion.import.job"]
        nobodys = [
            ("status", "in", OPEN),
            ("is_scheduled", "=", True),
            ("log_id", "=", False),
            ("codeswholesale_cursor", "=", False),
        ]
        for job in hold_rows(jobs.search([("channel_id", "=", self.id), *nobodys])):
            job._finish("cancelled")

    def _close_catalogue(self, job, cursor):
        """The last page is staged."""
        hold_rows(job)
        started = datetime.fromisoformat(cursor["started"])
        job._conclude()
        job.codeswholesale_cursor = False
        self.write(
            {
                "codeswholesale_synced_until": started,
                **({"codeswholesale_full_at": started} if job.is_full else {}),
            }
        )
        self._follow_offers(SQL("p.missing_since IS NOT NULL"))

    def _leave(self, job, cursor, error):
        wait = min(getattr(error, "retry_after", None) or 60.0, LONGEST_WAIT.total_seconds())
        hold_rows(job)
        job.codeswholesale_cursor = {**cursor, "wait_seconds": wait}
        entry = {"code": error.code, "message": error.message, "sentence": error.sentence}
        return JobStep(processed=1, failed=1, errors=(entry,))

    # === STAGING === #

    def _stage(self, job, cursor, batch):
        """Stage one batch and keep where the next one begins; None when somebody has cancelled
        the import meanwhile."""
        hold_rows(job)
        job.invalidate_recordset(["status"])
        if job.status not in OPEN:
            return None
        new, changed, unchanged = self.env["orion.staging"]._merge(job, batch.products)
        self._note_damaged(job, batch.problems)
        self._withdraw(batch.withdrawn)
        if changed:
            self.env["orion.marketplace.product"]._apply_descriptions(
                self, [product.external_id for product in batch.products]
            )
        told = [*(product.external_id for product in batch.products), *batch.withdrawn]
        self._follow_offers(SQL("p.external_id = ANY(%s)", told))
        count = len(batch.products) + len(batch.withdrawn)
        job.write(
            {
                "imported_count": job.imported_count + new,
                "updated_count": job.updated_count + changed,
                "unchanged_count": job.unchanged_count + unchanged,
                "missing_count": job.missing_count + len(batch.withdrawn),
                "error_count": job.error_count + len(batch.problems),
                "total_processed": job.total_processed + count + len(batch.problems),
            }
        )
        # kept with what is staged: whatever ends the run now, no page is read again
        cursor["token"], cursor["restarts"] = batch.token, batch.restarts
        cursor["complete"] = batch.token is None
        job.codeswholesale_cursor = dict(cursor)
        return JobStep(
            processed=count + len(batch.problems),
            succeeded=count,
            failed=len(batch.problems),
            counts={"products_new": new, "products_changed": changed},
            errors=tuple(
                {
                    "external_id": problem.external_id,
                    "message": str(problem.message),
                    "sentence": problem.message.kept(),
                }
                for problem in batch.problems
            ),
        )

    def _note_damaged(self, job, problems):
        """What came, and cannot be read, is not missing."""
        staging = self.env["orion.staging"]
        known = staging._look_up(job, [each.external_id for each in problems if each.external_id])
        if known:
            staging._note_met(job, [each.id for each in known.values()])

    def _withdraw(self, external_ids):
        """Hide what is not sold any more."""
        if external_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE orion_marketplace_product SET missing_since = %s"
                    " WHERE channel_id = %s AND external_id = ANY(%s) AND missing_since IS NULL",
                    fields.Datetime.now(),
                    self.id,
                    list(external_ids),
                )
            )
            self.env["orion.marketplace.product"].invalidate_model(["missing_since"])

    def _follow_offers(self, told):
        """Offers get today's price and stock; only what differs is written.

        :param told: `SQL` condition of the staged rows `p` of which the supplier has spoken now:
            what it said before may be older than the answer to a purchase
        """
        self.env["orion.key.offer"].flush_model()
        self.env["orion.marketplace.product"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT id, price, available, is_preorder, is_gone FROM (
                    SELECT o.id, o.unit_price, o.available AS known, o.is_preorder AS was_preorder,
                           COALESCE(o.is_gone, FALSE) AS was_gone,
                           p.price::numeric AS price, p.availability = 'preorder' AS is_preorder,
                           p.missing_since IS NOT NULL AS is_gone,
                           CASE WHEN p.missing_since IS NULL THEN COALESCE(p.quantity, 0)
                                ELSE 0 END AS available
                      FROM orion_key_offer o
                      JOIN orion_marketplace_product p
                        ON p.channel_id = o.channel_id AND p.external_id = o.external_id
                     WHERE o.channel_id = %s AND %s) told
                 WHERE (unit_price, known, COALESCE(was_preorder, FALSE), was_gone)
                       IS DISTINCT FROM (price, available, COALESCE(is_preorder, FALSE), is_gone)
                """,
                self.id,
                told,
            )
        )
        now = fields.Datetime.now()
        offers = self.env["orion.key.offer"].browse(row[0] for row in found)
        offers._note_all(
            {
                offer: {
                    "unit_price": float(price or 0),
                    "available": available,
                    "is_preorder": bool(is_preorder),
                    "is_gone": is_gone,
                    "updated_at": now,
                }
                for offer, (_id, price, available, is_preorder, is_gone) in zip(
                    offers, found, strict=True
                )
            }
        )


def _moment(text):
    """Aware time of a cursor's naive UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc) if text else None
