import json
import time
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.models.orion_operation import OPEN_STATUSES

from ..lib.stock_adapter import ROLE, VERB

#: Low stock goes first, and all stock behind decisions about orders.
HIGHEST_PRIORITY = -1
LOWEST_PRIORITY = -1000


class Told(NamedTuple):
    """What a look at listings has led to."""

    queued: "OrionListing"
    skipped: int
    drifted: int


class OrionListing(models.Model):
    """Telling the channels: what differs from what they know is put in the queue."""

    _inherit = "orion.listing"

    # === LOOKING === #

    def _tell_stock(self, channel, seen=None, force=False):
        """Compare these listings of one channel with what it was told; enqueue what differs.

        Only for the job, which holds the channel: nothing is being sent meanwhile.

        :param seen: `{SKU: pieces}` that the marketplace has, where it was asked
        :param force: tell also what does not differ
        :return: `Told`
        """
        # people who save one of them meanwhile wait, and their transaction is begun anew
        hold_rows(self)
        queued, skipped, drifted = self.browse(), 0, 0
        now = fields.Datetime.now()
        for listing, look in self._stock_quantities(channel).items():
            values = {
                "stock_available": look.available or 0.0,
                "stock_looked_at": now,
                "stock_retry_at": False,
            }
            drift = listing._compare_seen(seen, values)
            drifted += bool(drift)
            if look.quantity is None or not listing.stock_sku:
                skipped += 1
                values.update(listing._without_stock(look))
            elif force or drift or listing._differs(look):
                values.update(listing._next_stock(look.quantity, now))
                queued |= listing
            elif problem := listing._sku_problem(look.rival):
                values.update(stock_status="error", stock_error=problem)
            listing._write_changed(values)
        self._retire_former_skus(channel)
        queued._enqueue_stock(channel)
        return Told(queued, skipped, drifted)

    def _differs(self, look):
        if self.stock_queued_quantity != look.quantity or self.stock_status == "none":
            return True
        if self.stock_told_sku and self.stock_told_sku != self.stock_sku:
            return True
        # the error of a SKU that two listings share is none of the marketplace's
        return self.stock_status == "error" and not (look.rival and not self.stock_retry_at)

    def _next_stock(self, quantity, now):
        return {
            "stock_queued_quantity": quantity,
            "stock_queued_at": now,
            "stock_version": self._next_version(),
            "stock_ever_positive": self.stock_ever_positive or quantity > 0,
            "stock_status": "pending",
        }

    def _next_version(self):
        """Of the clock, so that a database restored from a copy does not fall behind."""
        return max(*self.mapped("stock_version"), 0, int(time.time()) - 1) + 1

    def _without_stock(self, look):
        """What is shown of a listing that cannot be told."""
        problem = self._sku_problem(look.rival)
        if not problem and look.quantity is not None:
            problem = self.env._(
                "There is no SKU to send. Give the product an internal reference, or the listing a "
                "SKU."
            )
        return {"stock_status": "error", "stock_error": problem} if problem else {}

    def _sku_problem(self, rival):
        """What is wrong with the SKU of a listing that is offered; empty for nothing."""
        self.ensure_one()
        if not rival or not self._is_offered():
            return ""
        return self.env._(
            "%(sku)s is the SKU of %(product)s on this channel too, so that 0 is told for both. "
            "Give one of them another SKU, or archive its listing.",
            sku=self.stock_sku,
            product=rival.product_id.display_name,
        )

    def _compare_seen(self, seen, values):
        """Note in `values` what the marketplace has; what differs from what it was told, but for
        what is still on its way, is drift."""
        self.ensure_one()
        if seen is None or self.stock_status != "told":
            return False
        there = seen.get(self.stock_sku)
        values.update(
            stock_seen_quantity=there or 0,
            stock_seen_at=values["stock_looked_at"],
            stock_drift=(there or 0) - self.last_pushed_quantity,
        )
        return there is None or there != self.last_pushed_quantity

    def _write_changed(self, values):
        """Write what differs; most listings of a comparison have nothing new but the time."""
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    # === THE QUEUE === #

    def _enqueue_stock(self, channel):
        """Put the newest quantities in the queue; one that waits there already is replaced."""
        if not self:
            return
        if channel._adapter_class(ROLE).is_fetched:
            channel._publish_stock(self)
            return
        payloads = {listing.id: listing._stock_payload() for listing in self}
        waiting = self._replace_waiting(payloads)
        fresh = self.filtered(lambda listing: listing.id not in waiting)
        self.env["orion.operation"]._enqueue(
            channel,
            VERB,
            [
                {
                    "idempotency_key": f"{VERB}:{listing.id}:{listing.stock_version}",
                    "payload": payloads[listing.id],
                    "record": listing,
                    "reference": payloads[listing.id]["sku"],
                    "priority": listing._stock_priority(),
                }
                for listing in fresh
            ],
        )

    def _retire_former_skus(self, channel):
        """Tell 0 for SKUs under which these listings are not told any more: the marketplace
        would go on selling what it was last told of them."""
        former = self.filtered(
            lambda one: one.stock_told_sku and one.stock_told_sku != one.stock_sku
        )
        if not former or channel._adapter_class(ROLE).is_fetched:
            return
        retired = [(listing, listing.stock_told_sku, listing._next_version()) for listing in former]
        for listing, _sku, version in retired:
            listing.write({"stock_told_sku": False, "stock_version": version})
        self.env["orion.operation"]._enqueue(
            channel,
            VERB,
            [
                {
                    "idempotency_key": f"{VERB}:{listing.id}:{version}:retired",
                    "payload": {"sku": sku, "quantity": 0, "version": version, "retired": True},
                    "record": listing,
                    # waits for nothing that is told of the new SKU, and keeps none of it waiting
                    "ordering_key": f"{self._name},{listing.id},{sku}",
                    "reference": sku,
                    "priority": HIGHEST_PRIORITY,
                }
                for listing, sku, version in retired
                if listing.stock_ever_positive
            ],
        )

    def _current_payloads(self, channel):
        """What is about to be sent of listings of one channel that are in the queue already.

        :return: `{listing id: payload}` of what is true now; absent where there is nothing to tell
        """
        now = fields.Datetime.now()
        told = self.browse()
        for listing, look in self._stock_quantities(channel).items():
            if look.quantity is None or not listing.stock_sku:
                continue
            if look.quantity != listing.stock_queued_quantity:
                values = {"stock_available": look.available or 0.0, "stock_looked_at": now}
                listing.write({**values, **listing._next_stock(look.quantity, now)})
            told |= listing
        self._retire_former_skus(channel)
        for listing in told:
            listing._write_changed({"stock_told_sku": listing.stock_sku})
        return {listing.id: listing._stock_payload() for listing in told}

    def _stock_payload(self):
        self.ensure_one()
        return {
            "sku": self.stock_sku,
            "external_id": self.external_id or "",
            "quantity": self.stock_queued_quantity,
            "version": self.stock_version,
        }

    def _stock_priority(self):
        return max(HIGHEST_PRIORITY - self.stock_queued_quantity, LOWEST_PRIORITY)

    def _replace_waiting(self, payloads):
        """Put the new quantities in operations that wait; ids of their listings."""
        rows = [
            {
                "id": listing.id,
                "payload": payloads[listing.id],
                "priority": listing._stock_priority(),
            }
            for listing in self
        ]
        operations = self.env["orion.operation"]
        operations.flush_model(["payload", "priority", "status"])
        found = self.env.execute_query(
            SQL(
                """
                UPDATE orion_operation o
                   SET payload = v.payload, priority = v.priority
                  FROM jsonb_to_recordset(%s::jsonb) AS v (id int, payload jsonb, priority int)
                 WHERE o.res_model = %s AND o.res_id = v.id AND o.operation = %s
                   AND o.status = ANY(%s) AND o.payload->>'retired' IS NULL
             RETURNING v.id
                """,
                json.dumps(rows),
                self._name,
                VERB,
                list(OPEN_STATUSES),
            )
        )
        operations.invalidate_model(["payload", "priority"])
        return {listing_id for (listing_id,) in found}
