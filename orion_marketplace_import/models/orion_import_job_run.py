import base64
import binascii
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.errors import OrionError, RetryLater, UnknownOutcome
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.sentences import say_kept

from ..lib.reading import (
    ColumnMapping,
    Detection,
    ReadOptions,
    UnreadableFeed,
    detect,
    iter_batches,
)
from .orion_import_job import LARGEST_BATCH, OPEN, SMALLEST_BATCH

#: Open readers of imports whose time slice was over, by (database, import): the next slice goes on
#: with one where it runs in the same process, and looks for its row in the file otherwise.
_parked = {}
_MOST_PARKED = 4


def _park(key, row, batches):
    while len(_parked) >= _MOST_PARKED:
        _parked.pop(next(iter(_parked)), None)
    _parked[key] = (row, batches)


#: Rows with errors that are kept with their cells; the rest is only counted.
MOST_ERRORS = 10_000
LARGEST_UPLOAD = 100 * 1024 * 1024


class OrionImportJob(models.Model):
    """Running an import, batch by batch. A step is one transaction: its rows, its errors, the
    counters and the row to go on with are committed together."""

    _inherit = "orion.import.job"

    # === BUSINESS: arguments === #

    @api.model
    def _channel_of(self, channel_id, company_id):
        """:raise UserError: none, or not clear which"""
        channels = self.env["orion.channel"]
        if channel_id:
            return channels.browse(channel_id)
        found = channels.search([("company_id", "=", company_id)]) if company_id else channels
        found = found.filtered("has_feed")
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "Say by channel_id which channel the feed belongs to; %(count)s would do.",
                    count=len(found),
                )
            )
        return found

    @api.model
    def _checked_arguments(self, source_url, content_base64, language, batch_size):
        """Values of a new job.

        :raise UserError: what is wrong, and what would be right
        """
        if bool(source_url) == bool(content_base64):
            raise UserError(
                self.env._("Give either the address of the feed or its file, not both.")
            )
        if language not in dict(self._fields["language"].selection):
            raise UserError(self.env._("The language of a feed is fr, de or en."))
        is_number = isinstance(batch_size, int) and not isinstance(batch_size, bool)
        if not is_number or not SMALLEST_BATCH <= batch_size <= LARGEST_BATCH:
            raise UserError(self.env._("The batch size is a number from 100 to 5000."))
        values = {"language": language, "batch_size": batch_size}
        if source_url:
            return {**values, **self._address_values(source_url)}
        return {**values, **self._upload_values(content_base64)}

    @api.model
    def _address_values(self, source_url):
        url = str(source_url).strip()
        if not self.env["orion.channel"]._is_valid_address(url):
            raise UserError(
                self.env._("The address of a feed starts with https:// and holds no password.")
            )
        # the query may hold a key: it is kept for fetching, and not shown
        return {"source_url": url, "source_name": urlsplit(url)._replace(query="").geturl()}

    @api.model
    def _upload_values(self, content_base64, name=None):
        try:
            content = base64.b64decode(content_base64, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise UserError(
                self.env._("The file is not in base64. Encode its bytes and try again.")
            ) from None
        if len(content) > LARGEST_UPLOAD:
            raise UserError(
                self.env._("The file is larger than 100 MB. Pack it, or give its address.")
            )
        return {
            "content": base64.b64encode(content),
            "source_name": name or self.env._("Uploaded file"),
        }

    # === BUSINESS: running === #

    def _run_steps(self):
        """The steps of one import; errors of the file end it with a sentence."""
        self.ensure_one()
        if self.status not in OPEN:
            return
        if self.status == "pending":
            self.write(
                {
                    "status": "processing",
                    "started_at": fields.Datetime.now(),
                    "error_message": False,
                }
            )
            yield PAUSE
        try:
            if not self._file_attachment():
                yield from self._fetch()
            yield from self._stage()
        except UnreadableFeed as error:
            yield self._failed_step(str(error), error.sentence.kept())
        except OrionError as error:
            if self._try_later(error):
                yield JobStep()
            else:
                yield self._failed_step(error.message, error.sentence)

    def _try_later(self, error):
        """Let a feed that the schedule imports wait until trouble has passed, as often as the
        schedule tries again; False where that is no use. People are told at once."""
        schedule = self.channel_id._job_schedule("feed_import")
        passes = isinstance(error, (RetryLater, UnknownOutcome))
        if not passes or not self.is_scheduled or self.fetch_count >= schedule.max_retries:
            return False
        wait = getattr(error, "retry_after", None) or schedule.retry_delay_seconds
        self._request_run("scheduler").resume_at = fields.Datetime.now() + timedelta(seconds=wait)
        self.write(
            {
                "status": "pending",
                "fetch_count": self.fetch_count + 1,
                "error_message": say_kept(self._told_env(), error.message, error.sentence),
            }
        )
        return True

    def _failed_step(self, message, sentence):
        self._finish("failed", say_kept(self._told_env(), message, sentence))
        return JobStep(processed=1, failed=1, errors=({"message": message, "sentence": sentence},))

    def _stage(self):
        options = ReadOptions(language=self.language, channel=self.channel_id._feed_columns())
        with self._file() as path:
            if not self.detection:
                found = detect(path, options)
                mapping = self.mapping or self.channel_id._remembered_mapping(found.columns)
                self.write({"detection": found.to_json(), "mapping": mapping})
                yield JobStep()
            key, row = (self.env.cr.dbname, self.id), self.next_row
            parked_row, batches = _parked.pop(key, (None, None))
            if parked_row != row:
                batches = iter_batches(
                    path,
                    self._column_mapping(),
                    self.batch_size,
                    options=options,
                    detection=Detection.from_json(self.detection),
                    first_row=row,
                )
            try:
                for batch in batches:
                    self.invalidate_recordset(["status"])
                    if self.status not in OPEN:
                        return
                    step, row = self._take(batch), batch.next_row
                    yield step
            except GeneratorExit:
                _park(key, row, batches)
                raise
        self._conclude()
        yield JobStep()

    def _column_mapping(self):
        return ColumnMapping.from_json(self.mapping) if self.mapping else None

    def _take(self, batch):
        """Stage one batch; the engine commits it."""
        (new, changed, unchanged), errors = self.env["orion.staging"]._stage(self, batch)
        self._keep_errors(errors)
        succeeded, failed = new + changed + unchanged, len(errors)
        self.write(
            {
                "imported_count": self.imported_count + new,
                "updated_count": self.updated_count + changed,
                "unchanged_count": self.unchanged_count + unchanged,
                "error_count": self.error_count + failed,
                "total_processed": self.total_processed + succeeded + failed,
                "next_row": batch.next_row,
                "progress": 100.0 * batch.progress,
            }
        )
        return JobStep(processed=succeeded + failed, succeeded=succeeded, failed=failed)

    def _keep_errors(self, errors):
        room = max(0, MOST_ERRORS - self.error_count)
        env = self._told_env()
        self.env["orion.import.error"].create(
            [
                {
                    "import_job_id": self.id,
                    "row_number": error.row_number,
                    "identifier": error.identifier,
                    "error_type": error.error_type.value,
                    "error_message": say_kept(env, error.message, error.sentence.kept()),
                    "row_data": dict(error.row_data),
                    "is_cut": error.is_cut,
                }
                for error in errors[:room]
            ]
        )

    def _conclude(self):
        """The file is read: mark what it lacks, unless it lacks too much."""
        staging = self.env["orion.staging"]
        if self.is_full:
            self._supersede()
            before, missing = staging._count_missing(self)
            allowed = self.channel_id.feed_shrink_percent
            self.write(
                {
                    "known_count": before,
                    "missing_count": missing,
                    "is_shrunk": missing * 100 > before * allowed,
                }
            )
            if missing and not self.is_shrunk:
                staging._mark_missing(self)
        has_errors = self.error_count or self.is_shrunk
        self._finish("completed_with_errors" if has_errors else "completed")

    def _supersede(self):
        """Nobody needs to decide any more about earlier feeds that had shrunk."""
        earlier = self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("language", "=", self.language),
                ("is_shrunk", "=", True),
                ("id", "!=", self.id),
            ]
        )
        earlier.is_shrunk = False
        self.env["orion.staging"]._forget_met(earlier)
