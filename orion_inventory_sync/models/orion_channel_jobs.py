from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.stock_adapter import ROLE
from .orion_schedule import JOB

#: Changes that are taken from the log at once.
MOST_CHANGES = 5000
#: Listings that are compared in one step.
STEP = 1000
COMPARE_HOURS = 24
#: A marketplace that could not be asked at the daily comparison is asked again.
READ_AGAIN = timedelta(hours=1)
#: A transaction that began before stock was sent may commit this much later.
LONGEST_TRANSACTION = timedelta(minutes=15)


class OrionChannel(models.Model):
    """The job that looks at what has changed, and enqueues what differs."""

    _inherit = "orion.channel"

    def _job_direction(self, job_type):
        # sending is the outbox's; a look at the own stock tells nothing of the channel's health
        return "internal" if job_type == JOB else super()._job_direction(job_type)

    def _job_inventory_sync(self, state, parameters):
        """Look at the stock.

        :param state: within a comparison of all, `{"after": id, "drift": listings so far,
            "unread": why the marketplace was not asked, or None}`; behind it `{"ended": True}`
        :param parameters: `{"product_ids": [ids]}` for just these; `{"full": True}` for all; else
            what has changed, or all where a comparison is due
        """
        if not self.stock_sync_enabled:
            return
        if parameters.get("product_ids"):
            yield from self._look_at_products(parameters["product_ids"])
        elif self._is_asked_for_all(state, parameters) or self._comparison_is_due():
            yield from self._compare_all(state)
        else:
            yield from self._follow_changes()

    def _publish_stock(self, listings):
        """For marketplaces that fetch: make the quantities of `listings` ready to be fetched.

        Called by the job; `orion.listing._note_fetched` says later that they were.
        """
        self.ensure_one()

    # === THREE WAYS TO LOOK === #

    def _follow_changes(self):
        changes = self.env["orion.stock.change"]
        newest = changes._newest(self)
        while True:
            product_ids, count = changes._take(self, newest, MOST_CHANGES)
            if not count:
                return
            yield self._stock_step(self._listings_of(product_ids, with_parts=True), changes=count)

    def _look_at_products(self, product_ids):
        listings = self._listings_of(product_ids)
        for start in range(0, len(listings), STEP):
            yield self._stock_step(listings[start : start + STEP])

    def _compare_all(self, state):
        """All listings; once more where what decides about quantities has changed meanwhile."""
        yield from self._compare_once(state)
        while not self.stock_compared_at:
            yield from self._compare_once({})

    def _compare_once(self, state):
        """All listings, with what the marketplace has where it can be asked; what changes
        meanwhile does not wait for the end."""
        after, drift, unread = (state.get(name) for name in ("after", "drift", "unread"))
        if not after:
            self._begin_comparison()
        yield from self._follow_changes()
        adapter, problem = self._reading_adapter()
        listings = self.env["orion.listing"].with_context(active_test=False)
        of_channel = [("channel_id", "=", self.id)]
        total = listings.search_count(of_channel)
        while found := listings.search(
            [*of_channel, ("id", ">", after or 0)], order="id", limit=STEP
        ):
            seen = None
            if adapter is not None:
                told = found.filtered(lambda listing: listing.stock_status == "told")
                skus = told.mapped("stock_sku")
                yield PAUSE
                try:
                    seen = adapter.read_levels(skus)
                except OrionError as error:
                    adapter, problem = None, error
            after = found[-1].id
            unread = unread or self._error_entry(problem)
            told = found._tell_stock(self, seen)
            drift = (drift or 0) + told.drifted
            state = {"after": after, "drift": drift, "unread": unread}
            yield self._stock_step(found, told, state=state, total=total)
            yield from self._follow_changes()
        unread = unread or self._error_entry(problem)
        self._end_comparison(drift or 0, unread)
        yield JobStep(
            state={"ended": True}, counts={"compared": 1}, errors=(unread,) if unread else ()
        )

    @api.model
    def _error_entry(self, problem):
        if problem is None:
            return None
        return {"code": problem.code, "message": problem.message, "sentence": problem.sentence}

    def _begin_comparison(self):
        """One that does not come to its end is due again."""
        hold_rows(self)
        self.write({"stock_compared_at": False, "stock_comparing_at": fields.Datetime.now()})

    def _end_comparison(self, drift, unread):
        """All were compared when it began: what was committed since may be in it or not. Where
        the rule has changed since, they were not. What the marketplace was not asked about says
        nothing of its drift."""
        hold_rows(self)
        values = {"stock_compared_at": self.stock_comparing_at, "stock_comparing_at": False}
        if self._can_read_stock() and not unread:
            values.update(stock_read_at=fields.Datetime.now(), stock_drift_count=drift)
        self.write(values)

    def _can_read_stock(self):
        adapter_class = self._adapter_class(ROLE)
        return adapter_class is not None and adapter_class.can_read

    def _reading_adapter(self):
        """`(adapter, None)`, or `(None, what keeps it from being asked)`"""
        if not self._can_read_stock():
            return None, None
        try:
            return open_adapter(self, ROLE), None
        except OrionError as error:
            return None, error

    def _stock_step(self, listings, told=None, changes=0, **values):
        """Compare listings and enqueue what differs.

        :param told: what came of it, where that was done
        """
        told = told or listings._tell_stock(self)
        return JobStep(
            processed=len(listings),
            succeeded=len(listings),
            counts={
                "changes": changes,
                "queued": len(told.queued),
                "skipped": told.skipped,
                "drift": told.drifted,
            },
            **values,
        )

    # === PRIVATE === #

    @api.model
    def _is_asked_for_all(self, state, parameters):
        """Whether a comparison is under way, or asked for and not done yet."""
        return state.get("after") or (parameters.get("full") and not state.get("ended"))

    def _comparison_is_due(self):
        """Once a day; once more after stock was switched on, because what was being changed at
        that moment may have noted nothing; and sooner where the marketplace did not answer."""
        compared, enabled = self.stock_compared_at, self.stock_enabled_at
        now = fields.Datetime.now()
        if not compared or compared < now - timedelta(hours=COMPARE_HOURS):
            return True
        if enabled and compared < enabled + LONGEST_TRANSACTION <= now:
            return True
        unread = not self.stock_read_at or self.stock_read_at < compared
        return unread and self._can_read_stock() and compared < now - READ_AGAIN

    def _listings_of(self, product_ids, with_parts=False):
        """Listings of products and of the kits with them, archived ones too.

        :param with_parts: the parts of kits among them too, which a sold kit takes, with all kits
            that are made of these
        """
        availability = self.env["orion.stock.availability"].sudo()
        products = self.env["product.product"].browse(product_ids)
        if with_parts:
            parts = availability._kit_parts(self.company_id, products.exists())
            products |= products.browse({part for ratios in parts.values() for part in ratios})
        products |= availability._kits_with(products)
        return (
            self.env["orion.listing"]
            .with_context(active_test=False)
            .search([("channel_id", "=", self.id), ("product_id", "in", products.ids)])
        )
