from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine.wake import wake_workers

#: Where a transaction notes the products whose availability it changes.
NOTED = "orion.stock.noted"
#: When a quant counts no more, where lots expire.
EXPIRY_FIELDS = frozenset({"removal_date", "expiration_date"})
#: How far the search for expired lots looks back where it does not know when it ran last.
FIRST_LOOK = timedelta(days=2)
#: What may have expired while the last search was running.
OVERLAP = timedelta(minutes=5)


class OrionStockChange(models.Model):
    """A product whose availability may have changed, for one channel: written by whatever
    transaction changes it, deleted by the worker that has looked at it.

    A log, not a set: no unique key and no foreign key, so that two users who move the same
    product never wait for each other here.
    """

    _name = "orion.stock.change"
    _description = "Stock Change to Look At"
    _log_access = False
    _order = "id"

    channel_id = fields.Integer(required=True)
    product_id = fields.Integer(required=True)
    changed_at = fields.Datetime()

    _channel_index = models.Index("(channel_id, id)")

    # === NOTING, in the transaction that changes stock === #

    @api.model
    def _note(self, product_ids, channel_ids=None):
        """The availability of these products has changed, or what decides about it.

        Costs nothing where no channel is told stock by itself; else one insert just before the
        commit, however much is noted.

        :param channel_ids: just for these channels; None for all
        """
        channels = self.env["orion.channel"]._stock_channels()
        if not channels or not product_ids:
            return
        precommit = self.env.cr.precommit
        if NOTED not in precommit.data:
            precommit.data[NOTED] = {}
            precommit.add(self.sudo()._append)
        noted = precommit.data[NOTED]
        for channel_id in channels if channel_ids is None else channel_ids:
            noted.setdefault(channel_id, set()).update(product_ids)

    @api.model
    def _append(self):
        noted = self.env.cr.precommit.data.pop(NOTED)
        channels = self.env["orion.channel"]._stock_channels()
        pairs = [(channel, product) for channel, ids in noted.items() for product in ids]
        self.env.cr.execute(
            SQL(
                "INSERT INTO orion_stock_change (channel_id, product_id, changed_at)"
                " SELECT *, now() AT TIME ZONE 'UTC' FROM unnest(%s::int[], %s::int[])",
                [channel for channel, _product in pairs],
                [product for _channel, product in pairs],
            )
        )
        if any(channels.get(channel_id) for channel_id in noted):
            wake_workers(self.env)

    # === TAKING, in a worker === #

    @api.model
    def _newest(self, channel):
        """Id of the newest change of a channel that is committed; 0 for none."""
        [[newest]] = self.env.execute_query(
            SQL("SELECT max(id) FROM orion_stock_change WHERE channel_id = %s", channel.id)
        )
        return newest or 0

    @api.model
    def _take(self, channel, newest, limit):
        """Delete the oldest changes of a channel, in the transaction that looks at them.

        What another transaction commits meanwhile, with whatever id, stays for the next look:
        only rows that were read are deleted.

        :param newest: id of the last change to take

        :return: `(ids of products, number of changes)`
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM orion_stock_change WHERE id IN (
                    SELECT id FROM orion_stock_change WHERE channel_id = %s AND id <= %s
                     ORDER BY id LIMIT %s)
                RETURNING product_id
                """,
                channel.id,
                newest,
                limit,
            )
        )
        return sorted({product_id for (product_id,) in rows}), len(rows)

    # === CRON === #

    @api.autovacuum
    def _gc_unfollowed(self):
        """Nobody looks at changes of channels that follow none, or are gone."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM orion_stock_change WHERE channel_id <> ALL(%s)",
                list(self.env["orion.channel"]._stock_channels()),
            )
        )

    @api.model
    def _cron_mark_expired(self):
        """Lots expire without any change: note the products of those that have since the last
        search, however long ago that was."""
        quants = self.env["stock.quant"]
        now = fields.Datetime.now()
        # Odoo says when this cron ran last
        last = self.env.context.get("lastcall")
        since = last - OVERLAP if last else now - FIRST_LOOK
        for name in EXPIRY_FIELDS & quants._fields.keys():
            found = quants.search([(name, ">", since), (name, "<=", now)])
            self._note(found.product_id.ids)
