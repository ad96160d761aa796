from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: How long a language's last full feed keeps its products alive beside other languages' feeds.
LANGUAGE_KEPT_FOR = timedelta(days=30)


class OrionStaging(models.AbstractModel):
    """What a full feed lacks."""

    _inherit = "orion.staging"

    @api.model
    def _count_missing(self, job):
        """:return: how many products the feed should hold, and how many of them it lacks"""
        self.env.flush_all()
        if job.imported_count:
            # it may have grown by a million rows since PostgreSQL looked at it
            self.env.cr.execute("ANALYZE orion_marketplace_product (id, channel_id, external_id)")
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE p.id NOT IN (%(met)s))
                  FROM orion_marketplace_product p
                 WHERE %(expected)s
                """,
                met=self._sql_all_met(job),
                expected=self._sql_expected(job),
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _sql_expected(self, job):
        """Which products `p` a full feed of the job's language should hold: those that such feeds
        had before."""
        return SQL(
            """
            p.channel_id = %(channel)s AND p.digests ? %(language)s
            AND p.missing_since IS NULL AND p.first_seen_at <= %(start)s
            """,
            channel=job.channel_id.id,
            language=job.language,
            start=job.started_at,
        )

    @api.model
    def _sql_all_met(self, job):
        """Ids of the products that an import has met.

        Behind `IN` and `NOT IN` they are hashed once. A join is taken for small, as PostgreSQL
        cannot know how many ids a line holds, and compares each product with each id.
        """
        return SQL(
            """
            SELECT met.id::int AS id
              FROM orion_import_row r, jsonb_array_elements_text(r.product_ids) met (id)
             WHERE r.import_job_id = %s
            """,
            job.id,
        )

    @api.model
    def _mark_missing(self, job):
        """Take this language off what the feed lacks; what no feed has any more is missing.

        What came in by another import meanwhile is left alone, and so are products that were
        never in a feed of this language. Feeds of languages that nobody imports any more keep
        nothing alive.

        :return: how many products the feed lacks
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET digests = p.digests - %(language)s::text,
                       row_digests = p.row_digests - %(language)s::text,
                       missing_since = CASE
                           WHEN (p.digests - %(language)s::text) ?| %(others)s::text[]
                           THEN NULL ELSE %(now)s END
                 WHERE %(expected)s AND p.id NOT IN (%(met)s)
                """,
                now=fields.Datetime.now(),
                language=job.language,
                others=self._other_languages(job),
                expected=self._sql_expected(job),
                met=self._sql_all_met(job),
            )
        )
        self.env["orion.marketplace.product"].invalidate_model(
            ["missing_since", "digests", "row_digests"]
        )
        return self.env.cr.rowcount

    @api.model
    def _other_languages(self, job):
        """Languages of the channel's other full feeds that were imported lately."""
        groups = self.env["orion.import.job"]._read_group(
            [
                ("channel_id", "=", job.channel_id.id),
                ("language", "!=", job.language),
                ("is_full", "=", True),
                ("status", "in", ("completed", "completed_with_errors")),
                ("completed_at", ">", fields.Datetime.now() - LANGUAGE_KEPT_FOR),
            ],
            ["language"],
        )
        return [language for (language,) in groups]

    @api.model
    def _forget_met(self, jobs):
        self.env.cr.execute(
            SQL("DELETE FROM orion_import_row WHERE import_job_id = ANY(%s)", list(jobs.ids))
        )
