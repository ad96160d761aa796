from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.staging import COPY_COLUMNS, JSON_COLUMNS, PLAIN_COLUMNS, TYPES, copy_text, staged_lines
from ..lib.texts import FALLBACKS, language_of

_TABLE = SQL.identifier("orion_feed_batch")
#: How long a language's last full feed keeps its products alive beside other languages' feeds.
LANGUAGE_KEPT_FOR = timedelta(days=30)


class OrionStaging(models.AbstractModel):
    """Rows of a feed into the staging table: one `COPY` and one merge a batch, whatever its
    size. A row whose digest is the one of the last import is not even copied."""

    _name = "orion.staging"
    _description = "Staging of Product Feeds"

    @api.model
    def _merge(self, job, products):
        """Stage one batch.

        :param products: list of `ProductData`, each external id once
        :return: `(new, changed, unchanged)` counts
        """
        if not products:
            return 0, 0, 0
        self.env.flush_all()
        lines = staged_lines(products)
        unchanged = self._find_unchanged(job, lines)
        news = [line for line in lines if line.external_id not in unchanged]
        new, changed = 0, 0
        if news:
            self._copy(news)
            new, changed = self._write(job)
        self._note_met(job, unchanged, news)
        self.env.invalidate_all()
        return new, changed, len(lines) - new - changed

    @api.model
    def _find_unchanged(self, job, lines):
        """`{external id: (product id, whether it was missing)}` of what is as it was."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.external_id, p.id, p.missing_since IS NOT NULL
                  FROM unnest(%(ids)s::text[], %(digests)s::text[]) AS line (external_id, digest)
                  JOIN orion_marketplace_product p
                    ON p.channel_id = %(channel)s AND p.external_id = line.external_id
                   AND p.digests ->> %(language)s = line.digest
                """,
                ids=[line.external_id for line in lines],
                digests=[line.digest for line in lines],
                channel=job.channel_id.id,
                language=job.language,
            )
        )
        return {external_id: rest for external_id, *rest in rows}

    @api.model
    def _note_met(self, job, unchanged, news):
        """Remember what the feed holds; what was missing and is as it was is there again."""
        back = [product_id for product_id, was_missing in unchanged.values() if was_missing]
        if back:
            self.env.cr.execute(
                SQL(
                    "UPDATE orion_marketplace_product SET missing_since = NULL WHERE id = ANY(%s)",
                    back,
                )
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO orion_import_row (import_job_id, product_ids)
                SELECT %(job)s, to_jsonb(%(unchanged)s::int[] || ARRAY(
                    SELECT p.id FROM orion_marketplace_product p
                     WHERE p.channel_id = %(channel)s AND p.external_id = ANY(%(news)s)))
                """,
                job=job.id,
                unchanged=[product_id for product_id, _was_missing in unchanged.values()],
                channel=job.channel_id.id,
                news=[line.external_id for line in news],
            )
        )

    @api.model
    def _copy(self, lines):
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(TYPES.get(name, "text")))
            for name in COPY_COLUMNS
        )
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DROP", _TABLE, columns)
        )
        self.env.cr.execute(SQL("TRUNCATE %s", _TABLE))
        self.env.cr.copy_expert("COPY orion_feed_batch FROM STDIN (FORMAT csv)", copy_text(lines))
        self.env.cr.execute(SQL("ANALYZE %s (external_id)", _TABLE))

    @api.model
    def _write(self, job):
        language = job.language
        names = SQL(", ").join(map(SQL.identifier, (*PLAIN_COLUMNS, *JSON_COLUMNS)))
        values = SQL(", ").join(
            SQL("b.%s", SQL.identifier(name)) for name in (*PLAIN_COLUMNS, *JSON_COLUMNS)
        )
        self.env.cr.execute(
            SQL(
                """
                WITH batch AS (
                    SELECT b.*, p.id AS product_id,
                           p.digests ->> %(language)s AS old_digest,
                           COALESCE(p.texts, '{}'::jsonb) || jsonb_build_object(
                               %(language)s::text, jsonb_strip_nulls(jsonb_build_object(
                                   'title', b.title, 'description', b.description))) AS all_texts
                      FROM %(table)s b
                      LEFT JOIN orion_marketplace_product p
                        ON p.channel_id = %(channel)s AND p.external_id = b.external_id
                ), inserted AS (
                    INSERT INTO orion_marketplace_product
                        (channel_id, company_id, external_id, texts, title, description, digests,
                         source, first_seen_at, changed_at, create_uid, create_date, write_uid,
                         write_date, %(names)s)
                    SELECT %(channel)s, %(company)s, b.external_id, b.all_texts, %(title)s,
                           %(description)s, jsonb_build_object(%(language)s::text, b.digest),
                           %(source)s, %(now)s, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s,
                           %(values)s
                      FROM batch b WHERE b.product_id IS NULL
                    RETURNING id
                ), updated AS (
                    UPDATE orion_marketplace_product p
                       SET texts = b.all_texts, title = %(title)s, description = %(description)s,
                           digests = COALESCE(p.digests, '{}'::jsonb)
                                     || jsonb_build_object(%(language)s::text, b.digest),
                           source = %(source)s, changed_at = %(now)s, missing_since = NULL,
                           write_uid = %(uid)s, write_date = %(now)s, (%(names)s) = ROW(%(values)s)
                      FROM batch b
                     WHERE p.id = b.product_id AND b.old_digest IS DISTINCT FROM b.digest
                    RETURNING p.id
                )
                SELECT (SELECT count(*) FROM inserted), (SELECT count(*) FROM updated)
                """,
                language=language,
                table=_TABLE,
                channel=job.channel_id.id,
                company=job.company_id.id,
                names=names,
                values=values,
                title=self._sql_text("title"),
                description=self._sql_text("description"),
                source=job.source_name or None,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _sql_text(self, name):
        """A translated field's value: for each active language its own text, else the French,
        German, English one, else any. Inactive languages wait in `texts`."""
        fallback = [SQL("b.all_texts -> %s ->> %s", code, name) for code in FALLBACKS]
        fallback.append(SQL("(SELECT t.value ->> %s FROM jsonb_each(b.all_texts) t LIMIT 1)", name))
        codes = dict.fromkeys(
            ["en_US", *(code for code, _name in self.env["res.lang"].get_installed())]
        )
        pairs = SQL(", ").join(
            SQL(
                "%s::text, COALESCE(b.all_texts -> %s ->> %s, %s)",
                code,
                language_of(code),
                name,
                SQL(", ").join(fallback),
            )
            for code in codes
        )
        return SQL("NULLIF(jsonb_strip_nulls(jsonb_build_object(%s)), '{}'::jsonb)", pairs)

    # === BUSINESS: what a full feed lacks === #

    @api.model
    def _count_missing(self, job):
        """`(products that feeds of this language had before, those of them the feed lacks)`"""
        # it may have grown by a million rows since PostgreSQL looked at it
        self.env.cr.execute("ANALYZE orion_marketplace_product (id, channel_id, external_id)")
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE p.id NOT IN (%(met)s))
                  FROM orion_marketplace_product p
                 WHERE p.channel_id = %(channel)s AND p.digests ? %(language)s
                   AND p.missing_since IS NULL AND p.first_seen_at <= %(start)s
                """,
                met=self._sql_all_met(job),
                channel=job.channel_id.id,
                language=job.language,
                start=job.started_at,
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _sql_all_met(self, job):
        """Ids of the products that an import has met.

        Behind `IN` and `NOT IN` they are hashed once. A join is taken for small, as PostgreSQL
        cannot know how many ids a line holds, and compares each product with each id.
        """
        return SQL(
            """
            SELECT DISTINCT met.id::int AS id
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
                       missing_since = CASE
                           WHEN (p.digests - %(language)s::text) ?| %(others)s::text[]
                           THEN NULL ELSE %(now)s END
                 WHERE p.channel_id = %(channel)s AND p.digests ? %(language)s
                   AND p.missing_since IS NULL AND p.first_seen_at <= %(start)s
                   AND p.id NOT IN (%(met)s)
                """,
                now=fields.Datetime.now(),
                channel=job.channel_id.id,
                language=job.language,
                others=self._other_languages(job),
                start=job.started_at,
                met=self._sql_all_met(job),
            )
        )
        self.env["orion.marketplace.product"].invalidate_model(["missing_since", "digests"])
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

    # === BUSINESS: languages === #

    @api.model
    def _say_again(self, languages):
        """Languages have become active: the texts that waited for them are shown, and count as
        changed, so that they are published.

        :param languages: ISO 639-1 codes
        """
        self.env["orion.marketplace.product"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET title = %(title)s, description = %(description)s, changed_at = %(now)s,
                       published_digests = CASE WHEN p.published_at IS NOT NULL
                                                THEN '{}'::jsonb END
                  FROM (SELECT id, texts AS all_texts FROM orion_marketplace_product) b
                 WHERE b.id = p.id AND p.texts ?| %(languages)s::text[]
                """,
                title=self._sql_text("title"),
                description=self._sql_text("description"),
                now=fields.Datetime.now(),
                languages=list(languages),
            )
        )
        self.env["orion.marketplace.product"].invalidate_model()
