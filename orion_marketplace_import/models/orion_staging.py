import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.product_table import ProductTable
from ..lib.reading import RowKey
from ..lib.staging import COPY_COLUMNS, JSON_COLUMNS, PLAIN_COLUMNS, TYPES, copy_text
from ..lib.texts import FALLBACKS, language_of

_TABLE = SQL.identifier("orion_feed_batch")
_CONTENT = (*PLAIN_COLUMNS, *JSON_COLUMNS)
#: Between ids or digests in one text, which is told to the database more quickly than a list; the
#: reader leaves no control characters in ids.
_BETWEEN = "\x1f"
#: How long a language's last full feed keeps its products alive beside other languages' feeds.
LANGUAGE_KEPT_FOR = timedelta(days=30)


class OrionStaging(models.AbstractModel):
    """Rows of a feed into the staging table: one `COPY` and one merge a batch, whatever its
    size. A row that stands in the file as it did the last time is not even read."""

    _name = "orion.staging"
    _description = "Staging of Product Feeds"

    @api.model
    def _stage(self, job, batch):
        """Stage the rows of a feed that are not as they were.

        :param batch: `lib.reading.RowBatch`
        :return: `(new, changed, unchanged)` counts and the `RowError`s
        """
        keys = batch.keys()
        known, same = self._look_up(job, keys)
        chunk = batch.read(leave_out=same)
        digests = {key.identifier: key.digest for key in keys}
        row_digests = [digests[each] for each in chunk.table.column("external_id")]
        new, changed, unchanged = self._write(job, chunk.table, known, row_digests, same.values())
        return (new, changed, unchanged + len(same)), chunk.errors

    @api.model
    def _merge(self, job, products):
        """Stage products that come from no file.

        :param products: list of `ProductData`, each external id once
        :return: `(new, changed, unchanged)` counts
        """
        keys = [RowKey(place, each.external_id, "") for place, each in enumerate(products)]
        known, _same = self._look_up(job, keys)
        return self._write(job, ProductTable.of(products), known)

    @api.model
    def _look_up(self, job, keys):
        """What is staged already; what is as it was and had been missing is there again.

        :return: `{external id: product id}`, and of what stands in the file as it did the last
            time `{place of the key: product id}`
        """
        self.env.flush_all()
        # LATERAL with LIMIT looks up each id by the unique index, whatever PostgreSQL believes
        # to know of a table that has just grown
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.place, p.id, p.digest = line.digest, p.is_missing
                  FROM unnest(string_to_array(%(ids)s, %(between)s),
                              string_to_array(%(digests)s, %(between)s))
                       WITH ORDINALITY AS line (external_id, digest, place)
                 CROSS JOIN LATERAL (
                       SELECT id, row_digests ->> %(language)s AS digest,
                              missing_since IS NOT NULL AS is_missing
                         FROM orion_marketplace_product
                        WHERE channel_id = %(channel)s AND external_id = line.external_id
                        LIMIT 1) p
                """,
                ids=_BETWEEN.join(key.identifier for key in keys),
                digests=_BETWEEN.join(key.digest for key in keys),
                between=_BETWEEN,
                language=job.language,
                channel=job.channel_id.id,
            )
        )
        found = [(keys[place - 1], *rest) for place, *rest in rows]
        self._is_back([product for _key, product, same, missing in found if same and missing])
        known = {key.identifier: product for key, product, _same, _missing in found}
        return known, {key.place: product for key, product, same, _missing in found if same}

    @api.model
    def _is_back(self, product_ids):
        if product_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE orion_marketplace_product SET missing_since = NULL WHERE id = ANY(%s)",
                    product_ids,
                )
            )

    @api.model
    def _write(self, job, table, known, row_digests=None, met=()):
        """Write what is new and what has changed.

        :param table: `lib.product_table.ProductTable`
        :param known: `{external id: product id}` of what is staged already
        :param met: ids of further products that the feed holds
        :return: `(new, changed, unchanged)` counts of the table
        """
        product_ids = list(map(known.get, table.column("external_id")))
        old = [product_id for product_id in product_ids if product_id]
        inserted, changed = [], 0
        if table.count:
            self._copy(copy_text(table, row_digests, product_ids))
            if old:
                self._keep_same(job)
                changed = self._update_changed(job)
            if len(old) < table.count:
                inserted = self._insert_new(job)
        self._note_met(job, [*met, *old, *inserted])
        self.env.invalidate_all()
        return len(inserted), changed, table.count - len(inserted) - changed

    @api.model
    def _note_met(self, job, product_ids):
        """Remember what the feed holds."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO orion_import_row (import_job_id, product_ids) VALUES (%s, %s::jsonb)",
                job.id,
                json.dumps(product_ids),
            )
        )

    @api.model
    def _copy(self, text):
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(TYPES.get(name, "text")))
            for name in COPY_COLUMNS
        )
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DROP", _TABLE, columns)
        )
        self.env.cr.execute(SQL("TRUNCATE %s", _TABLE))
        self.env.cr.copy_expert("COPY orion_feed_batch FROM STDIN (FORMAT csv)", text)
        self.env.cr.execute(SQL("ANALYZE %s (product_id)", _TABLE))

    @api.model
    def _insert_new(self, job):
        """:return: ids of the new products"""
        [(ids,)] = self.env.execute_query(
            SQL(
                """
                WITH inserted AS (
                    INSERT INTO orion_marketplace_product
                        (channel_id, company_id, external_id, texts, title, description, digests,
                         row_digests, source, first_seen_at, changed_at, %(names)s)
                    SELECT %(channel)s, %(company)s, b.external_id, %(texts)s,
                           %(title)s, %(description)s,
                           jsonb_build_object(%(language)s::text, b.digest),
                           CASE WHEN b.row_digest IS NOT NULL
                                THEN jsonb_build_object(%(language)s::text, b.row_digest) END,
                           %(source)s, %(now)s, %(now)s, %(values)s
                      FROM %(table)s b WHERE b.product_id IS NULL
                    RETURNING id)
                SELECT array_agg(id) FROM inserted
                """,
                channel=job.channel_id.id,
                company=job.company_id.id,
                title=self._sql_same_text("title"),
                description=self._sql_same_text("description"),
                **self._sql_batch(job),
            )
        )
        return ids

    @api.model
    def _keep_same(self, job):
        """Products whose row is written otherwise, but says the same, are only remembered so."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET missing_since = NULL,
                       row_digests = COALESCE(p.row_digests, '{}'::jsonb)
                                     || %(row_digest)s
                  FROM %(table)s b
                 WHERE p.id = b.product_id AND p.digests ->> %(language)s = b.digest
                   AND (b.row_digest IS NOT NULL OR p.missing_since IS NOT NULL)
                """,
                **self._sql_batch(job),
            )
        )

    @api.model
    def _update_changed(self, job):
        """:return: how many products were changed"""
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS (
                    SELECT b.*, COALESCE(p.texts, '{}'::jsonb) || %(texts)s AS all_texts
                      FROM %(table)s b JOIN orion_marketplace_product p ON p.id = b.product_id
                     WHERE p.digests ->> %(language)s IS DISTINCT FROM b.digest)
                UPDATE orion_marketplace_product p
                   SET texts = b.all_texts, title = %(title)s, description = %(description)s,
                       digests = COALESCE(p.digests, '{}'::jsonb)
                                 || jsonb_build_object(%(language)s::text, b.digest),
                       row_digests = (COALESCE(p.row_digests, '{}'::jsonb) - %(language)s::text)
                                     || %(row_digest)s,
                       source = %(source)s, changed_at = %(now)s, missing_since = NULL,
                       (%(names)s) = ROW(%(values)s)
                  FROM changed b
                 WHERE p.id = b.product_id
                """,
                title=self._sql_text("title"),
                description=self._sql_text("description"),
                **self._sql_batch(job),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _sql_batch(self, job):
        """Terms about the batch `b` that several statements have."""
        language = job.language
        pair = "jsonb_strip_nulls(jsonb_build_object(%(language)s::text, %(value)s))"
        texts = SQL(
            "jsonb_strip_nulls(jsonb_build_object('title', b.title, 'description', b.description))"
        )
        return {
            "table": _TABLE,
            "language": language,
            "names": SQL(", ").join(map(SQL.identifier, _CONTENT)),
            "values": SQL(", ").join(SQL("b.%s", SQL.identifier(name)) for name in _CONTENT),
            "texts": SQL(pair, language=language, value=texts),
            "row_digest": SQL(pair, language=language, value=SQL("b.row_digest")),
            "source": job.source_name or None,
            "now": fields.Datetime.now(),
        }

    @api.model
    def _languages(self):
        """Codes of the active languages, the source language first."""
        installed = self.env["res.lang"].get_installed()
        return list(dict.fromkeys(["en_US", *(code for code, _name in installed)]))

    @api.model
    def _sql_same_text(self, name):
        """A translated field's value where only one language's text is known."""
        text = SQL("b.%s", SQL.identifier(name))
        pairs = SQL(", ").join(SQL("%s::text, %s", code, text) for code in self._languages())
        return SQL("CASE WHEN %s IS NOT NULL THEN jsonb_build_object(%s) END", text, pairs)

    @api.model
    def _sql_text(self, name):
        """A translated field's value: for each active language its own text, else the French,
        German, English one, else any. Inactive languages wait in `texts`."""
        fallback = [SQL("b.all_texts -> %s ->> %s", code, name) for code in FALLBACKS]
        fallback.append(SQL("(SELECT t.value ->> %s FROM jsonb_each(b.all_texts) t LIMIT 1)", name))
        pairs = SQL(", ").join(
            SQL(
                "%s::text, COALESCE(b.all_texts -> %s ->> %s, %s)",
                code,
                language_of(code),
                name,
                SQL(", ").join(fallback),
            )
            for code in self._languages()
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
                       row_digests = p.row_digests - %(language)s::text,
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
        self.env["orion.marketplace.product"].invalidate_model(["missing_since", "digests", "row_digests"])
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
