import json
import time
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.models.orion_operation import OPEN_STATUSES

from ..lib.stock_adapter import ROLE, VERB
from ..lib.stock_rule import fixed_quantity, quantity_to_tell

#: What of a listing decides about its quantity.
RULE_FIELDS = frozenset(
    {
        "active",
        "stock_policy",
        "safety_stock",
        "stock_limit",
        "fixed_quantity",
        "stock_uom_id",
        "external_sku",
        "product_id",
    }
)
#: Low stock goes first, and all stock behind decisions about orders.
HIGHEST_PRIORITY = -1
LOWEST_PRIORITY = -1000


class Told(NamedTuple):
    """What a look at listings has led to."""

    queued: "OrionListing"
    skipped: int
    drifted: int


class OrionListing(models.Model):
    """The stock of a product on a channel: available, told, and what is on its way."""

    _inherit = "orion.listing"

    # === FIELDS === #

    stock_policy = fields.Selection(
        selection_add=[("never", "Never sell here")], ondelete={"never": "set default"}
    )
    stock_uom_id = fields.Many2one(
        "uom.uom",
        string="Sold In",
        help="Unit of one piece on the channel, such as a dozen. Empty: the product's own.",
    )
    stock_available = fields.Float(
        string="Available",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What could be sold when the stock was last looked at, in the unit sold: on hand less "
        "all that is promised.",
    )
    stock_looked_at = fields.Datetime(string="Looked At", readonly=True, copy=False)
    stock_queued_quantity = fields.Integer(
        string="To Tell", readonly=True, copy=False, help="Newest quantity for the channel."
    )
    stock_queued_at = fields.Datetime(readonly=True, copy=False)
    stock_version = fields.Integer(
        readonly=True, copy=False, help="Grows with each new quantity for the channel."
    )
    stock_ever_positive = fields.Boolean(readonly=True, copy=False)
    stock_status = fields.Selection(
        [
            ("none", "Not Sent Yet"),
            ("pending", "On Its Way"),
            ("told", "Up to Date"),
            ("error", "Error"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="none",
        index=True,
    )
    stock_error = fields.Text(readonly=True, copy=False)
    stock_seen_quantity = fields.Integer(
        string="There",
        readonly=True,
        copy=False,
        help="What the marketplace itself said it has, at the last comparison.",
    )
    stock_seen_at = fields.Datetime(string="Read There On", readonly=True, copy=False)
    stock_drift = fields.Integer(
        string="Drift",
        readonly=True,
        copy=False,
        help="Pieces that the marketplace had too many (or, negative, too few), at the last "
        "comparison.",
    )

    _stock_status_index = models.Index("(channel_id, stock_status)")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings._note_stock_rule()
        return listings

    def write(self, vals):
        result = super().write(vals)
        if RULE_FIELDS & vals.keys():
            self._note_stock_rule()
        return result

    def _note_stock_rule(self):
        """What decides about these quantities has changed."""
        for channel, listings in self.sudo().grouped("channel_id").items():
            if channel.id in channel._stock_channels():
                self.env["orion.stock.change"]._note(listings.product_id.ids, channel.ids)

    # === ACTIONS === #

    def action_push_inventory(self):
        """Send the stock of the selected listings now."""
        channels = self.env["orion.channel"]
        results = [
            channel.push_inventory(product_ids=listings.product_id.ids)
            for channel, listings in self.grouped("channel_id").items()
        ]
        if not results:
            raise UserError(
                self.env._(
                    "No channel that is told the stock lists this product. Add a listing, or "
                    "switch on “Send Stock” on its channel."
                )
            )
        return channels._notify_stock(
            {
                "success": all(result["success"] for result in results),
                "message": " ".join(result["message"] for result in results),
            }
        )

    def action_open_stock_operations(self):
        """What was, or will be, told of these listings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("orion_base.action_orion_operation")
        return {
            **action,
            "domain": [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("operation", "=", VERB),
            ],
            "context": {},
        }

    # === BUSINESS: what is told === #

    def _stock_sku(self):
        """Under which SKU the channel is told: the listing's, else the product's, else the
        marketplace's own id; empty for none."""
        self.ensure_one()
        for sku in (self.external_sku, self.product_id.default_code, self.external_id):
            if sku and sku.strip():
                return sku.strip()
        return ""

    def _stock_quantities(self, channel, found=None):
        """What these listings of one channel are told now.

        :param found: what is available of their products, where that is known
        :return: `{listing: (available in the unit sold or None, quantity or None)}`
        """
        if found is None:
            found = self.env["orion.stock.availability"]._available(channel, self.product_id)
        result = {}
        for listing in self:
            available = found.get(listing.product_id.id)
            if available is not None and listing.stock_uom_id:
                available = listing.product_id.uom_id._compute_quantity(
                    available, listing.stock_uom_id, round=False
                )
            result[listing] = available, listing._stock_quantity(channel, available)
        return result

    def _stock_quantity(self, channel, available):
        self.ensure_one()
        rule = channel._stock_rule(self)
        positive = self.stock_ever_positive
        if not self.active or self.stock_policy == "never":
            # nothing of it may be sold any more; who never heard of it need not hear this
            return 0 if positive else None
        if self.stock_policy == "fixed":
            return fixed_quantity(self.fixed_quantity, rule, ever_positive=positive)
        return quantity_to_tell(available, rule, ever_positive=positive)

    def _told_of(self, channel, products):
        """Quantities of products for a channel, with the rules of these listings.

        :return: `{product id: pieces}`; 0 where a push would leave the product out
        """
        found = self.env["orion.stock.availability"]._available(channel, products)
        listed = self._stock_quantities(channel, found)
        rule = channel._stock_rule()
        result = {
            product_id: quantity_to_tell(available, rule) or 0
            for product_id, available in found.items()
        }
        for listing, (available, quantity) in listed.items():
            if quantity is not None or available is not None:
                result[listing.product_id.id] = quantity or 0
        return result

    # === BUSINESS: telling === #

    def _tell_stock(self, channel, seen=None, force=False):
        """Compare these listings of one channel with what it was told; enqueue what differs.

        Only for the job, which holds the channel: nothing is being sent meanwhile.

        :param seen: `{SKU: pieces}` that the marketplace has, where it was asked
        :param force: tell also what does not differ
        :return: `Told`
        """
        queued, skipped, drifted = self.browse(), 0, 0
        now = fields.Datetime.now()
        for listing, (available, quantity) in self._stock_quantities(channel).items():
            values = {
                "stock_available": available or 0.0,
                "stock_looked_at": now,
                "stock_retry_at": False,
            }
            drift = listing._compare_seen(seen, values)
            drifted += bool(drift)
            if quantity is None or not listing._stock_sku():
                skipped += 1
                values.update(listing._without_stock(quantity))
            elif force or drift or listing._differs(quantity):
                values.update(listing._next_stock(quantity, now))
                queued |= listing
            listing._write_changed(values)
        queued._enqueue_stock(channel)
        return Told(queued, skipped, drifted)

    def _differs(self, quantity):
        return self.stock_status in ("none", "error") or self.stock_queued_quantity != quantity

    def _next_stock(self, quantity, now):
        return {
            "stock_queued_quantity": quantity,
            "stock_queued_at": now,
            # of the clock, so that a database restored from a copy does not fall behind
            "stock_version": max(self.stock_version + 1, int(time.time())),
            "stock_ever_positive": self.stock_ever_positive or quantity > 0,
            "stock_status": "pending",
        }

    def _without_stock(self, quantity):
        """What is shown of a listing that cannot be told."""
        if quantity is None:
            return {}
        return {
            "stock_status": "error",
            "stock_error": self.env._(
                "There is no SKU to send. Give the product an internal reference, or the listing a "
                "SKU."
            ),
        }

    def _compare_seen(self, seen, values):
        """Note in `values` what the marketplace has; what differs from what it was told, but for
        what is still on its way, is drift."""
        self.ensure_one()
        if seen is None or self.stock_status != "told":
            return False
        there = seen.get(self._stock_sku())
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

    def _lock_stock(self):
        """Hold these rows for the rest of the transaction, before anything is read of them."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM orion_listing WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                self.ids,
            ),
            log_exceptions=False,
        )

    def _current_payloads(self, channel):
        """`{listing id: payload}` of what is true now, of listings of one channel that are in
        the queue already."""
        now = fields.Datetime.now()
        payloads = {}
        for listing, (available, quantity) in self.exists()._stock_quantities(channel).items():
            if quantity is None or not listing._stock_sku():
                continue
            if quantity != listing.stock_queued_quantity:
                values = {"stock_available": available or 0.0, "stock_looked_at": now}
                listing.write({**values, **listing._next_stock(quantity, now)})
            payloads[listing.id] = listing._stock_payload()
        return payloads

    def _stock_payload(self):
        self.ensure_one()
        return {
            "sku": self._stock_sku(),
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
                   AND o.status = ANY(%s)
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
