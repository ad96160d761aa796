import json
import logging
from dataclasses import dataclass, field, replace

from psycopg2 import OperationalError
from psycopg2.errors import ProgramLimitExceeded

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.engine import SetUpFirst
from odoo.addons.orion_base.engine.cursors import hold_rows

from ..lib.publishing.result import PublishResult
from ..lib.publishing.rows import READ_COLUMNS, StagedRow

_logger = logging.getLogger(__name__)

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "active_test": False,
    "lang": None,
}


@dataclass
class PublishBatch:
    """What publishing one batch knows and finds.

    :param problems: `{row id: (code, details)}`; such a row is left as it is
    :param products: `{row id: product id}`
    :param defaults: values of all new products
    :param odd_prices: `{row id: gross}` of variants whose price is no sum of extras
    :param siblings: further variants of the groups that were priced, by row id
    :param moved: ids of the rows whose variant has other attributes now
    :param group_titles: `{group id: {ISO 639-1: title}}` of products whose first row changed
    :param group_homes: `{group id: template}` of groups that take a product over now
    :param remade: by id of the rows whose product is made anew: `(former product, its codes,
        published values, group)`
    :param created: ids of the rows whose product was made now
    :param values: `{row id: what is kept as published}`
    """

    channel: object
    company: object
    rows: dict[int, StagedRow]
    taxes: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)
    currencies: dict = field(default_factory=dict)
    odd_prices: dict = field(default_factory=dict)
    siblings: dict = field(default_factory=dict)
    moved: set = field(default_factory=set)
    group_titles: dict = field(default_factory=dict)
    group_homes: dict = field(default_factory=dict)
    remade: dict = field(default_factory=dict)
    created: set = field(default_factory=set)
    values: dict = field(default_factory=dict)

    def open_rows(self):
        """The rows without a problem, in their order."""
        return [row for row in self.rows.values() if row.id not in self.problems]

    def note(self, row, code, **details):
        """This row is not published, for that reason."""
        self.problems[row.id] = (code, details)


class OrionPublisher(models.AbstractModel):
    """Staged rows into products and listings, a batch at once, in a constant number of our own
    queries. Whose a value is: `lib.publishing.merge`."""

    _name = "orion.publisher"
    _description = "Publisher of Staged Products"

    @api.model
    def _publish(self, channel, ids):
        """Publish rows of one channel.

        :return: a `PublishResult`
        """
        publisher, channel = self._quietly(channel)
        rows, same = publisher._lock_rows(channel, ids)
        unchanged = PublishResult(unchanged=len(same))
        return publisher._all_or_each(channel, rows) + unchanged if rows else unchanged

    @api.model
    def _sum(self, results):
        return sum(results, PublishResult())

    @api.model
    def _tell(self, result):
        """The sentence of a notification."""
        parts = (
            (result.published, self.env._("%(count)s published", count=result.published)),
            (result.updated, self.env._("%(count)s updated", count=result.updated)),
            (result.unchanged, self.env._("%(count)s unchanged", count=result.unchanged)),
            (
                result.clashed,
                self.env._("%(count)s not published: see “Clash”", count=result.clashed),
            ),
        )
        said = [text for count, text in parts if count]
        return ", ".join(said) + "." if said else self.env._("There was nothing to publish.")

    # === READING === #

    def _quietly(self, channel):
        """Publisher and channel in sudo, for the channel's company, without chatter."""
        channel.ensure_one()
        context = dict(QUIET, allowed_company_ids=channel.sudo().company_id.ids)
        publisher = self.sudo().with_context(**context)
        return publisher, channel.sudo().with_env(publisher.env)

    def _lock_rows(self, channel, ids):
        """The rows to work on, locked, and how many of them are published as they are."""
        # the second of two who publish waits, is told of the collision, and finds it done
        hold_rows(self.env["orion.marketplace.product"].browse(ids))
        return self._read_rows(channel, ids)

    def _read_rows(self, channel, ids):
        """`(rows that are not published as they are, how many are)`"""
        self.env["orion.marketplace.product"].flush_model()
        columns = SQL(", ").join(map(SQL.identifier, READ_COLUMNS))
        self.env.cr.execute(
            SQL(
                "SELECT id, published_at IS NOT NULL, publish_problem IS NULL AND published_at IS"
                " NOT NULL AND product_id IS NOT NULL AND published_digests = digests, %s"
                " FROM orion_marketplace_product WHERE channel_id = %s AND id = ANY(%s)"
                " ORDER BY item_group_id NULLS FIRST, id",
                columns,
                channel.id,
                list(ids),
            )
        )
        rows, same = [], []
        for row_id, is_published, is_same, *values in self.env.cr.fetchall():
            given = dict(zip(READ_COLUMNS, values, strict=True))
            given["published_values"] = given["published_values"] or {}
            for name in ("is_product_created", "is_group_left"):
                given[name] = bool(given[name])
            row = StagedRow(id=row_id, is_published=is_published, **given)
            (same if is_same else rows).append(row)
        return rows, same

    @api.model
    def _clashes(self, ids):
        """What a log says of the rows that were not published."""
        staged = self.env["orion.marketplace.product"].browse(ids).filtered("publish_problem")
        return tuple(
            {"external_id": row.external_id, "message": row.publish_problem_text} for row in staged
        )

    @api.model
    def _mark_changed(self, condition):
        """Published rows that fulfil an SQL condition have to be published again."""
        self.env["orion.marketplace.product"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE orion_marketplace_product SET published_digests = '{}'::jsonb"
                " WHERE published_at IS NOT NULL AND %s",
                condition,
            )
        )
        self.env["orion.marketplace.product"].invalidate_model(["published_digests"])

    # === A BATCH === #

    def _all_or_each(self, channel, rows):
        """Publish all at once; if that fails, each one under a savepoint."""
        try:
            with self.env.cr.savepoint():
                return self._publish_batch(channel, rows)
        except SetUpFirst:
            raise
        except Exception as error:
            # a value too long for an index is the row's fault, whatever its type says
            if isinstance(error, OperationalError) and not isinstance(error, ProgramLimitExceeded):
                raise
            if len(rows) == 1:
                if not isinstance(error, UserError):
                    _logger.exception("A product of channel %s was not published", channel.id)
                return self._note_refusal(channel, rows[0], error)
            _logger.info("A batch of products is published one by one", exc_info=True)
        self.env.invalidate_all()
        return self._sum(self._all_or_each(channel, [row]) for row in rows)

    def _note_refusal(self, channel, row, error):
        message = (
            str(error)
            if isinstance(error, UserError)
            else self.env._(
                "Unexpected error (%(type)s); the server's log has the details.",
                type=type(error).__name__,
            )
        )
        batch = PublishBatch(channel, channel.company_id, {row.id: row})
        batch.note(row, "refused", message=message)
        self._write_rows(batch)
        return PublishResult(clashed=1)

    def _publish_batch(self, channel, rows):
        batch = self._new_batch(channel, rows)
        self._find_terms(batch)
        self._match(batch)
        self._follow_groups(batch)
        new = [row for row in batch.open_rows() if row.id not in batch.products]
        self._create_products(batch, new)
        self._finish_remaking(batch)
        self._update_products(batch)
        self._publish_listings(batch)
        self._publish_siblings(batch)
        self._write_rows(batch)
        self.env.flush_all()
        done = batch.open_rows()
        updated = sum(row.is_published for row in done)
        return PublishResult(len(done) - updated, updated, 0, len(batch.problems))

    @api.model
    def _new_batch(self, channel, rows):
        # a batch that fails is done again row by row, with the rows as they were
        copies = {row.id: replace(row) for row in rows}
        return PublishBatch(channel, channel.company_id, copies)

    def _create_products(self, batch, rows):
        gtins = {row.gtin for row in rows if row.gtin}
        self.env["orion.product.claim"]._claim(batch.company, gtins)
        plain, groups = self._split_groups(batch, rows)
        self._create_plain(batch, plain)
        self._create_variants(batch, groups)

    # === WRITING THE ROWS === #

    def _write_rows(self, batch):
        """What came of each row, in one statement."""
        data = [
            {
                "id": row.id,
                "problem": batch.problems[row.id][0] if row.id in batch.problems else None,
                "details": batch.problems[row.id][1] if row.id in batch.problems else None,
                "product": batch.products.get(row.id) or row.product_id,
                "created": row.is_product_created or row.id in batch.created,
                "values": batch.values.get(row.id) or dict(row.published_values),
                "group": row.published_group,
                "is_left": row.is_group_left,
                "turns": fields.Datetime.to_string(self._sale_turns_at(row)) or None,
            }
            for row in batch.rows.values()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET publish_problem = v.problem, publish_problem_details = v.details,
                       product_id = v.product, is_product_created = v.created,
                       published_values = v.values, sale_turns_at = v.turns,
                       published_group = v."group", is_group_left = v.is_left,
                       is_held_back = p.is_held_back AND v.problem IS NOT NULL,
                       published_at = CASE WHEN v.problem IS NULL THEN %(now)s
                                           ELSE p.published_at END,
                       published_digests = CASE WHEN v.problem IS NULL THEN p.digests
                                                ELSE p.published_digests END
                  FROM jsonb_to_recordset(%(data)s::jsonb) AS v(id int, problem text,
                       details jsonb, product int, created boolean, values jsonb,
                       "group" text, is_left boolean, turns timestamp)
                 WHERE p.id = v.id
                """,
                now=fields.Datetime.now(),
                data=json.dumps(data),
            )
        )
        self.env["orion.marketplace.product"].invalidate_model()
