import tempfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.feed_check import FeedCheck, as_told, is_left_out
from ..lib.feed_writer import feed_chunks

#: Further problems are counted, not kept.
MOST_PROBLEMS = 2000

_TRY = "pg_try_advisory_xact_lock(hashtext(%s))"
_WAIT = "pg_advisory_xact_lock(hashtext(%s))"


class OrionFeedFile(models.Model):
    """The file that was last written for a channel and a language: what its secret address
    answers until it is too old."""

    _name = "orion.feed.file"
    _description = "Written Product Feed"
    _order = "channel_id, language"
    _rec_name = "language"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    language = fields.Char(required=True, readonly=True, help="ISO 639-1 code.")
    content = fields.Binary(readonly=True, attachment=True)
    filename = fields.Char(readonly=True)
    row_count = fields.Integer(string="Products", readonly=True)
    left_out_count = fields.Integer(
        string="Left Out", readonly=True, help="Products without what every marketplace needs."
    )
    written_at = fields.Datetime(readonly=True)
    fetched_at = fields.Datetime(
        string="Last Fetched",
        readonly=True,
        help="When the whole file was last fetched. Who opens the address in a browser, or hangs "
        "up halfway, does not count.",
    )
    fetched_checksum = fields.Char(readonly=True, help="Of the content that was fetched last.")
    fetched_by = fields.Char(
        readonly=True,
        help="What the program that fetched it last calls itself (User-Agent): is it the "
        "marketplace's?",
    )
    fetched_from = fields.Char(
        string="From Network", readonly=True, help="Network of its address, without the end."
    )

    _channel_language_unique = models.UniqueIndex(
        "(channel_id, language)", "There is one file for each language."
    )

    @api.model
    def _current(self, channel, language):
        """The file of a channel and a language, written anew when it is too old.

        Of two calls that find it too old, one writes; the other is given the former file.
        """
        files = self.sudo()
        domain = [("channel_id", "=", channel.id), ("language", "=", language)]
        found = files.search(domain)
        if not found or found._is_outdated():
            name = f"orion_feed_file {channel.id} {language}"
            lock = _TRY if found else _WAIT
            self.env.cr.execute(SQL("SELECT %s", SQL(lock, name)))
            [locked] = self.env.cr.fetchone()
            # waiting answers nothing, trying answers whether
            if locked is not False:
                found = found or files.search(domain)
                found = self._write_file(channel, language, found)
        return found

    def _content_told(self):
        """What the file says now, for `_note_fetched`: a dict with its `checksum`."""
        self.ensure_one()
        return {"checksum": self._attachment(self).checksum}

    def _note_fetched(self, content, client):
        """The marketplace has this content.

        :param content: as of `_content_told` when it was sent
        :param client: `lib.feed_fetch.FeedClient`
        """
        for file in self:
            now = fields.Datetime.now()
            values = {
                "fetched_checksum": content["checksum"],
                "fetched_by": client.agent or False,
                "fetched_from": client.network or False,
            }
            changes = {name: value for name, value in values.items() if file[name] != value}
            if not file.fetched_at or file.fetched_at < now - timedelta(minutes=1):
                changes["fetched_at"] = now
            if changes:
                file.write(changes)

    def _is_outdated(self):
        """Whether the address writes the file anew before it answers."""
        self.ensure_one()
        kept = timedelta(minutes=self.channel_id.feed_cache_minutes)
        return self.written_at <= fields.Datetime.now() - kept

    @api.model
    def _write_file(self, channel, language, file):
        content, rows, left_out, _problems = self._build(channel, language, for_people=False)
        values = {
            "content": False,
            "filename": channel._feed_filename(),
            "row_count": rows,
            "left_out_count": left_out,
            "written_at": fields.Datetime.now(),
        }
        if not file:
            file = self.sudo().create({"channel_id": channel.id, "language": language, **values})
        else:
            del values["content"]
            file.write(values)
        # raw: without the detour of base64
        attachment = self._attachment(file)
        if attachment:
            attachment.write({"raw": content, "mimetype": channel._feed_format().media_type})
        else:
            attachment.create(
                {
                    "name": "content",
                    "res_model": self._name,
                    "res_field": "content",
                    "res_id": file.id,
                    "type": "binary",
                    "raw": content,
                    "mimetype": channel._feed_format().media_type,
                }
            )
        file.invalidate_recordset(["content"])
        return file

    @api.model
    def _attachment(self, file):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "content"),
                    ("res_id", "=", file.id),
                ],
                limit=1,
            )
        )

    @api.model
    def _build(self, channel, language, include_inactive=False, for_people=True):
        """Write a feed.

        :param for_people: see `feed_chunks`
        :return: `(bytes, rows written, products left out, problems)`; problems are
            `(product id, FeedProblem)`, at most `MOST_PROBLEMS`
        """
        builder = self.env["orion.feed.builder"].sudo()
        feed_format = channel._feed_format()
        check = FeedCheck(feed_format.tax_rates)
        problems, counts = [], {"rows": 0, "left_out": 0}

        def good_products():
            product_ids = builder._product_ids(channel, include_inactive)
            for product_id, product in builder._iter_products(channel, language, product_ids):
                found = check.check(product)
                if len(problems) < MOST_PROBLEMS:
                    problems.extend((product_id, problem) for problem in found)
                left_out = is_left_out(found)
                counts["left_out" if left_out else "rows"] += 1
                if not left_out:
                    yield as_told(product, found)

        with tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024) as target:
            for chunk in feed_chunks(feed_format, good_products(), for_people=for_people):
                target.write(chunk)
            target.seek(0)
            content = target.read()
        return content, counts["rows"], counts["left_out"], problems[:MOST_PROBLEMS]
