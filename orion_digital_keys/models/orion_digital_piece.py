from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.engine.wake import wake_workers
from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller

STATES = [
    ("waiting", "Waiting for a Key"),
    ("claimed", "Key Reserved"),
    ("ordered", "Ordered at a Supplier"),
    ("preordered", "Pre-ordered"),
    ("delivered", "Delivered"),
    ("held", "Held"),
    ("cancelled", "Cancelled"),
    ("refunded", "Refunded"),
]

#: Why a piece waits or is held.
REASONS = [
    ("pool_empty", "The Pool Is Empty"),
    ("no_offer", "No Supplier Sells It"),
    ("supplier_off", "Supplier Not Connected"),
    ("out_of_stock", "Supplier Out of Stock"),
    ("preorder_only", "Only as a Pre-order"),
    ("price_too_high", "Price above the Maximum"),
    ("balance_too_low", "Balance Too Low"),
    ("product_gone", "Supplier Gave It Up"),
    ("purchase_failed", "Purchase Failed"),
    ("region", "Not for the Customer's Country"),
    ("supplier_region", "Supplier Does Not Sell It for the Customer's Country"),
    ("no_country", "Customer Has No Country"),
    ("fraud", "Possible Fraud"),
    ("no_email", "Customer Has No E-mail"),
    ("credit_withdrawn", "Credit Note Withdrawn"),
]
#: Reasons that only a person may overrule.
RISKS = ("region", "supplier_region", "no_country", "fraud")


class OrionDigitalPiece(models.Model):
    """One piece of a digital product that was sold: what one key is given for."""

    _name = "orion.digital.piece"
    _description = "Sold Digital Piece"
    _order = "id"
    _rec_name = "product_id"
    _check_company_auto = True

    sale_line_id = fields.Many2one(
        "sale.order.line", required=True, readonly=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(
        required=True, readonly=True, help="Which piece of its line it is, from 1 on."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting")
    reason = fields.Selection(REASONS, readonly=True, help="Why it waits or is held.")
    try_at = fields.Datetime(
        readonly=True, help="When a worker looks for a key next; empty: when something changes."
    )
    supplier_id = fields.Many2one(
        "orion.channel",
        string="To Be Bought At",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    buy_at = fields.Datetime(
        readonly=True, help="When the supplier is asked next; empty: when something changes."
    )
    key_id = fields.Many2one("orion.digital.key", readonly=True, copy=False, ondelete="restrict")
    purchase_id = fields.Many2one(
        "orion.key.purchase", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    is_released = fields.Boolean(
        readonly=True, help="A person has let it go: country and buyer are not asked about again."
    )
    attempts = fields.Integer(readonly=True, help="Times it was ordered at a supplier.")
    is_credited = fields.Boolean(readonly=True, help="A credit note has taken it back.")
    waiting_since = fields.Datetime(
        readonly=True,
        default=fields.Datetime.now,
        help="Since when its customer waits: since it was sold, replaced, or let go.",
    )
    is_told = fields.Boolean(
        readonly=True, help="Somebody was asked to see to it, as it waits for too long."
    )
    claimed_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    first_seen_at = fields.Datetime(
        readonly=True, help="When the customer first looked at the key."
    )

    _line_number_unique = models.UniqueIndex("(sale_line_id, number)", "This piece exists already.")
    _key_unique = models.UniqueIndex(
        "(key_id) WHERE key_id IS NOT NULL", "This key was given for another piece."
    )
    _waiting_index = models.Index("(company_id, id) WHERE state = 'waiting'")
    _buy_index = models.Index("(supplier_id, buy_at) WHERE buy_at IS NOT NULL")
    _try_index = models.Index("(company_id, try_at) WHERE try_at IS NOT NULL")
    _claimed_has_key = models.Constraint(
        "CHECK (state NOT IN ('claimed', 'delivered') OR key_id IS NOT NULL)",
        "A piece is delivered with a key only.",
    )

    # === BUSINESS: people === #

    def try_again(self):
        """Look for keys of these pieces again, now, as far as they wait.

        :return: `{"tried": n}`
        """
        check_caller(self, USER, "read")
        hold_rows(self)
        waiting = self.filtered(lambda piece: piece.state == "waiting")
        waiting.sudo().write(
            {"try_at": fields.Datetime.now(), "buy_at": False, "attempts": 0, "reason": False}
        )
        held = self.filtered(lambda piece: piece.reason in ("region", "no_country"))
        held.sudo().write({"try_at": fields.Datetime.now()})
        wake_workers(self.env)
        return {"tried": len(waiting | held)}

    def release(self, reason=None):
        """Let held pieces go, whatever country or risk held them.

        :param reason: text for the order's chatter; keys of the orders in it are masked
        :return: `{"released": n}`; pieces that are not held are left alone
        :raise UserError: when that is all of them
        """
        check_caller(self, MANAGER, "read")
        hold_rows(self)
        held = self.sudo().filtered(lambda piece: piece.state == "held")
        if not held:
            raise UserError(self.env._("Nothing was let go: none of these pieces is held."))
        risky = held.filtered(lambda piece: piece.reason in RISKS)
        risky.write({"is_released": True})
        held.write({"attempts": 0})
        held._wait_anew()
        note = self.env._("Keys let go by %(user)s.", user=self.env.user.name)
        text = f"{note} {held.order_id._without_keys(reason)}" if reason else note
        held.order_id._message_log_batch(dict.fromkeys(held.order_id.ids, text))
        wake_workers(self.env)
        return {"released": len(held)}

    # === BUSINESS === #

    def _mark_delivered(self):
        """The keys of these pieces are on their way to the customer."""
        now = fields.Datetime.now()
        pieces = self.sudo()
        pieces.write({"state": "delivered", "sent_at": now, "reason": False, "try_at": False})
        pieces.key_id.write({"state": "delivered", "delivered_at": now})
