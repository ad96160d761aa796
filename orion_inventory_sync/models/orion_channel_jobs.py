from datetime import timedelta

from odoo import fields, models

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.stock_adapter import ROLE
from .orion_schedule import JOB

#: Changes that are taken from the log at once.
MOST_CHANGES = 5000
#: Listings that are compared in one step.
STEP = 1000
COMPARE_HOURS = 24
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

        :param state: `{"after": id}` within a comparison of all
        :param parameters: `{"product_ids": [ids]}` for just these; `{"full": True}` for all; else
            what has changed, or all where a comparison is due
        """
        if not self.stock_sync_enabled:
            return
        if parameters.get("product_ids"):
            yield from self._look_at_products(parameters["product_ids"])
        elif parameters.get("full") or state.get("after") or self._comparison_is_due():
            yield from self._compare_all(state.get("after", 0), parameters.get("full"))
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
            yield self._stock_step(self._listings_of(product_ids), changes=count)

    def _look_at_products(self, product_ids):
        listings = self._listings_of(product_ids)
        for start in range(0, len(listings), STEP):
            yield self._stock_step(listings[start : start + STEP])

    def _compare_all(self, after, asked):
        """All listings, with what the marketplace has where it can be asked."""
        if not after:
            self._begin_comparison()
        adapter, problem = self._reading_adapter()
        listings = self.env["orion.listing"].with_context(active_test=False)
        drifted, counted = 0, 0
        of_channel = [("channel_id", "=", self.id)]
        total = listings.search_count(of_channel)
        while found := listings.search([*of_channel, ("id", ">", after)], order="id", limit=STEP):
            seen = None
            if adapter is not None:
                told = found.filtered(lambda listing: listing.stock_status == "told")
                skus = [listing._stock_sku() for listing in told]
                yield PAUSE
                try:
                    seen = adapter.read_levels(skus)
                except OrionError as error:
                    adapter, problem = None, error
            after = found[-1].id
            step = self._stock_step(found, seen=seen, state={"after": after}, total=total)
            drifted += step.counts["drift"]
            counted += len(found)
            yield step
        self._end_comparison(drifted)
        yield self._comparison_step(problem)

    def _comparison_step(self, problem):
        errors = ()
        if problem is not None:
            errors = (
                {"code": problem.code, "message": problem.message, "sentence": problem.sentence},
            )
        return JobStep(counts={"compared": 1}, errors=errors)

    def _begin_comparison(self):
        """What has changed until now is looked at with all the rest; a comparison that does not
        come to its end is due again."""
        changes = self.env["orion.stock.change"]
        newest = changes._newest(self)
        while changes._take(self, newest, MOST_CHANGES)[1]:
            continue
        self.stock_compared_at = False

    def _end_comparison(self, drifted):
        self.write({"stock_compared_at": fields.Datetime.now(), "stock_drift_count": drifted})

    def _reading_adapter(self):
        """`(adapter, None)`, or `(None, what keeps it from being asked)`"""
        adapter_class = self._adapter_class(ROLE)
        if adapter_class is None or not adapter_class.can_read:
            return None, None
        try:
            return open_adapter(self, ROLE), None
        except OrionError as error:
            return None, error

    def _stock_step(self, listings, seen=None, changes=0, **values):
        """Compare listings and enqueue what differs."""
        told = listings._tell_stock(self, seen)
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

    def _comparison_is_due(self):
        """Once a day, and once more after stock was switched on: what was being changed at that
        moment may have noted nothing."""
        compared, enabled = self.stock_compared_at, self.stock_enabled_at
        now = fields.Datetime.now()
        if not compared or compared < now - timedelta(hours=COMPARE_HOURS):
            return True
        return bool(enabled) and compared < enabled + LONGEST_TRANSACTION <= now

    def _listings_of(self, product_ids):
        """Listings of products and of the kits with them, archived ones too."""
        products = self.env["product.product"].browse(product_ids)
        products |= self.env["orion.stock.availability"].sudo()._kits_with(products)
        return (
            self.env["orion.listing"]
            .with_context(active_test=False)
            .search([("channel_id", "=", self.id), ("product_id", "in", products.ids)])
        )
