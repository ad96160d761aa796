import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.product_table import ProductTable
from ..lib.staging import (
    COPY_COLUMNS,
    JSON_COLUMNS,
    LANGUAGE_COLUMNS,
    PLAIN_COLUMNS,
    TYPES,
    StagedRows,
)
from ..lib.texts import FALLBACKS, language_of

_TABLE = SQL.identifier("orion_feed_batch")
_CONTENT = (*PLAIN_COLUMNS, *JSON_COLUMNS)
#: Between ids in one text, which is told to the database more quickly than a list; the
#: reader leaves no control characters in ids.
_BETWEEN = "\x1f"


class Known(NamedTuple):
    """A product that is staged already.

    :param row_digest: of its row as it stood in the feed of the import's language; `digest` of what
        it says in that language. None where it was in no such feed.
    """

    id: int
    is_missing: bool
    row_digest: str | None
    digest: str | None


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
        keys = batch.row_keys()
        known = self._look_up(job, [key.identifier for key in keys])
        same = {
            key.place: found
            for key in keys
            if (found := known.get(key.identifier)) and found.row_digest == key.digest
        }
        self._bring_back(same.values())
        chunk = batch.read(leave_out=same)
        digests = {key.identifier: key.digest for key in keys}
        met = [found.id for found in same.values()]
        met += self._met_with_errors(job, known, chunk.errors)
        new, changed, unchanged = self._write(job, chunk.table, known, digests, met)
        return (new, changed, unchanged + len(same)), chunk.errors

    @api.model
    def _met_with_errors(self, job, known, errors):
        """Ids of the products whose rows are there, but wrong: they are not missing."""
        names = {error.identifier for error in errors if error.identifier}
        others = names - known.keys()
        if others:
            known = {**known, **self._look_up(job, sorted(others))}
        return [known[name].id for name in names if name in known]

    @api.model
    def _merge(self, job, products):
        """Stage products that come from no file.

        :param products: list of `ProductData`, each external id once
        :return: `(new, changed, unchanged)` counts
        """
        known = self._look_up(job, [each.external_id for each in products])
        return self._write(job, ProductTable.of(products), known)

    @api.model
    def _look_up(self, job, external_ids):
        """What is staged already.

        :return: `{external id: Known}`
        """
        self.env.flush_all()
        # all ids in one walk through the unique index
        rows = self.env.execute_query(
            SQL(
                """
                SELECT external_id, id, missing_since IS NOT NULL,
                       row_digests ->> %(language)s, digests ->> %(language)s
                  FROM orion_marketplace_product
                 WHERE channel_id = %(channel)s
                   AND external_id = ANY(string_to_array(%(ids)s, %(between)s))
                """,
                ids=_BETWEEN.join(external_ids),
                between=_BETWEEN,
                language=job.language,
                channel=job.channel_id.id,
            )
        )
        return {external_id: Known(*rest) for external_id, *rest in rows}

    @api.model
    def _write(self, job, table, known, row_digests=None, met=()):
        """Write what is new and what has changed.

        :param table: `lib.product_table.ProductTable`
        :param known: as of `_look_up`
        :param row_digests: by external id; None: the products come from no file
        :param met: ids of further products that the feed holds
        :return: `(new, changed, unchanged)` counts of the table
        """
        rows = StagedRows.of(table)
        ids = rows.external_ids
        keep = [
            each not in known or known[each].digest != digest
            for each, digest in zip(ids, rows.digests, strict=True)
        ]
        same = [each for each, is_kept in zip(ids, keep, strict=True) if not is_kept]
        self._bring_back([known[each] for each in same])
        if row_digests:
            self._remember_rows(job, {known[each].id: row_digests[each] for each in same})
        new, changed = self._write_rows(job, rows.kept(keep), known, row_digests or {})
        old = [known[each].id for each in ids if each in known]
        self._note_met(job, [*met, *old, *new])
        self.env.invalidate_all()
        return len(new), changed, len(same)

    @api.model
    def _write_rows(self, job, rows, known, row_digests):
        """:return: ids of the new products, and how many others were changed"""
        ids = rows.external_ids
        if not ids:
            return [], 0
        product_ids = {each: known[each].id for each in ids if each in known}
        self._copy(rows.copy_text(row_digests, product_ids))
        changed = self._update_changed(job) if product_ids else 0
        return self._insert_new(job) if len(product_ids) < len(ids) else [], changed

    @api.model
    def _bring_back(self, known):
        """What was missing, and is as it was, is there again."""
        product_ids = [each.id for each in known if each.is_missing]
        if product_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE orion_marketplace_product SET missing_since = NULL WHERE id = ANY(%s)",
                    product_ids,
                )
            )

    @api.model
    def _remember_rows(self, job, row_digests):
        """Rows that are written otherwise, but say the same, need not be read the next time.

        :param row_digests: by product id
        """
        if not row_digests:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET row_digests = COALESCE(p.row_digests, '{}'::jsonb)
                                     || jsonb_build_object(%(language)s::text, line.digest)
                  FROM unnest(%(ids)s, %(digests)s) AS line (id, digest)
                 WHERE p.id = line.id
                """,
                language=job.language,
                ids=list(row_digests),
                digests=list(row_digests.values()),
            )
        )

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
        self.env.cr.copy_expert("COPY orion_feed_batch FROM STDIN (NULL '')", text)
        self.env.cr.execute(SQL("ANALYZE %s (product_id)", _TABLE))

    @api.model
    def _insert_new(self, job):
        """:return: ids of the new products"""
        [(ids,)] = self.env.execute_query(
            SQL(
                """
                WITH inserted AS (
                    INSERT INTO orion_marketplace_product
                        (channel_id, external_id, texts, title, description, digests,
                         row_digests, source, first_seen_at, changed_at, %(names)s)
                    SELECT %(channel)s, b.external_id, %(texts)s,
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
                title=self._sql_same_text("title"),
                description=self._sql_same_text("description"),
                **self._sql_batch(job),
            )
        )
        return ids

    @api.model
    def _update_changed(self, job):
        """:return: how many products were changed"""
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET texts = COALESCE(p.texts, '{}'::jsonb) || %(texts)s,
                       title = %(title)s, description = %(description)s,
                       digests = COALESCE(p.digests, '{}'::jsonb)
                                 || jsonb_build_object(%(language)s::text, b.digest),
                       row_digests = (COALESCE(p.row_digests, '{}'::jsonb) - %(language)s::text)
                                     || %(row_digest)s,
                       source = %(source)s, changed_at = %(now)s, missing_since = NULL,
                       (%(names)s) = ROW(%(changed)s)
                  FROM %(table)s b
                 WHERE p.id = b.product_id
                """,
                title=self._sql_text("title", job.language),
                description=self._sql_text("description", job.language),
                changed=self._sql_changed(job.language),
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
    def _sql_changed(self, language):
        """What a feed in this language makes of the columns of a product that is there."""
        before = FALLBACKS[: FALLBACKS.index(language)] if language in FALLBACKS else FALLBACKS

        def value(name):
            column = SQL.identifier(name)
            if not before or name not in LANGUAGE_COLUMNS:
                return SQL("b.%s", column)
            return SQL(
                "CASE WHEN p.digests ?| %(before)s THEN COALESCE(p.%(column)s, b.%(column)s)"
                " ELSE b.%(column)s END",
                before=list(before),
                column=column,
            )

        return SQL(", ").join(map(value, _CONTENT))

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
    def _sql_text(self, name, language=None, texts=None):
        """A translated field's value: for each active language its own text, else the French,
        German, English one, else any. Inactive languages wait in `texts`.

        :param language: its text is that of the batch `b`; the others are those of the product `p`
        :param texts: SQL of all texts by language, where they are not those of the product
        """
        texts = texts or SQL("p.texts")

        def text(code):
            if code == language:
                return SQL("b.%s", SQL.identifier(name))
            return SQL("%s -> %s ->> %s", texts, code, name)

        any_text = SQL("(SELECT t.value ->> %s FROM jsonb_each(%s) t LIMIT 1)", name, texts)
        fallback = SQL(", ").join([*map(text, FALLBACKS), any_text])
        pairs = SQL(", ").join(
            SQL("%s::text, COALESCE(%s, %s)", code, text(language_of(code)), fallback)
            for code in self._languages()
        )
        return SQL("NULLIF(jsonb_strip_nulls(jsonb_build_object(%s)), '{}'::jsonb)", pairs)

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
                 WHERE p.texts ?| %(languages)s::text[]
                """,
                title=self._sql_text("title"),
                description=self._sql_text("description"),
                now=fields.Datetime.now(),
                languages=list(languages),
            )
        )
        self.env["orion.marketplace.product"].invalidate_model()
