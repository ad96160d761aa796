from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_orders.lib.order_data import PieceState

#: Letzshop's words, and the neutral one for a word that is not known.
STATES = [
    ("unconfirmed", "To Decide"),
    ("confirmed_available", "Accepted"),
    ("confirmed_unavailable", "Refused"),
    ("returned", "Returned"),
    ("other", "Other"),
]

STATE_OF_PIECE = {
    PieceState.UNDECIDED: "unconfirmed",
    PieceState.ACCEPTED: "confirmed_available",
    PieceState.REFUSED: "confirmed_unavailable",
    PieceState.RETURNED: "returned",
    PieceState.OTHER: "other",
}
#: Most pieces that a message names.
NAMED_PIECES = 5
UNDECIDED = "unconfirmed"
REFUSED = "confirmed_unavailable"
#: A returned piece was accepted before.
ACCEPTED = ("confirmed_available", "returned")
#: What never goes back; a word that is not known decides nothing.
DECIDED = (*ACCEPTED, REFUSED)
#: A word that is not known here.
UNKNOWN = "other"


class LetzshopInventoryUnit(models.Model):
    """A piece sold on Letzshop; each is accepted or refused on its own."""

    _name = "letzshop.inventory.unit"
    _description = "Letzshop Piece"
    _order = "order_id desc, order_line_id, id"
    _rec_name = "external_id"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    external_id = fields.Char(
        string="Letzshop ID", required=True, readonly=True, help="Letzshop's id of the piece."
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(
        "sale.order.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        related="order_line_id.product_id", store=True, index="btree_not_null"
    )
    name = fields.Char(string="Sold As", readonly=True, help="What Letzshop calls the product.")
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="unconfirmed",
        index=True,
        help="What Letzshop says of the piece.",
    )
    raw_state = fields.Char(
        string="Letzshop's Word", readonly=True, help="The state in Letzshop's own words."
    )
    operation_id = fields.Many2one(
        "orion.operation",
        string="Decision on Its Way",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The operation that tells Letzshop what was decided; empty once it is settled.",
    )
    pending_decision = fields.Selection(
        [("accept", "Accepting"), ("refuse", "Refusing")],
        compute="_compute_pending_decision",
        help="What Letzshop is being told.",
    )
    refuse_reason = fields.Char(
        readonly=True, help="Why the piece was refused; kept here, Letzshop is not told."
    )
    decided_at = fields.Datetime(
        readonly=True, help="When the decision on the piece was first known here."
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who decided here; empty when it was decided on Letzshop."
    )

    _external_id_unique = models.UniqueIndex(
        "(channel_id, external_id)", "This piece exists already."
    )

    @api.depends("operation_id.operation")
    def _compute_pending_decision(self):
        decisions = {"confirm": "accept", "reject": "refuse"}
        for unit in self:
            unit.pending_decision = decisions.get(unit.sudo().operation_id.operation, False)

    # === ACTIONS === #

    def action_accept(self):
        """Accept the selected pieces."""
        return self._notify(self._decide("confirm"))

    def action_refuse(self):
        """Ask for the reason, then refuse the selected pieces."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse Pieces"),
            "res_model": "letzshop.refuse.units",
            "view_mode": "form",
            "target": "new",
            "context": {"default_unit_ids": self.ids},
        }

    @api.model
    def _notify(self, result):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if result["success"] else "warning",
                "message": result["message"],
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS: people === #

    def _decide(self, verb, reason=None):
        """Accept or refuse these pieces, order by order.

        :param verb: `confirm` or `reject`
        :return: as `orion_confirm`; pieces that cannot be decided any more are named in the
            message and do not stop the others
        :raise UserError: when none of them can be decided
        """
        waiting = self.filtered(lambda unit: unit.state == UNDECIDED and not unit.operation_id)
        problems = (self - waiting)._decided_sentence()
        if not waiting:
            raise UserError(problems)
        named = {"inventory_unit_ids": waiting.mapped("external_id")}
        if verb == "confirm":
            result = waiting.order_id.orion_confirm(**named)
        else:
            result = waiting.order_id.orion_reject(reason=reason, **named)
        if problems:
            message = f"{result['message']} {problems}"
            return {**result, "success": False, "message": message}
        return result

    def _decided_sentence(self):
        """Says which pieces cannot be decided any more; empty for none."""
        if not self:
            return ""
        names = [f"{unit.name} ({unit.order_id.name})" for unit in self[:NAMED_PIECES]]
        return self.env._(
            "Decided already, or the decision is on its way: %(pieces)s. Select only pieces that "
            "wait for one.",
            pieces=", ".join(names) + (" …" if len(self) > NAMED_PIECES else ""),
        )

    def _is_refused_or_will_be(self):
        """Whether the piece is refused, as far as is known or decided here."""
        self.ensure_one()
        on_its_way = self.state == UNDECIDED and self.pending_decision == "refuse"
        return self.state == REFUSED or on_its_way

    # === BUSINESS: what Letzshop says === #

    @api.model
    def _find(self, channel, external_ids):
        """Pieces of the channel by external id; one query."""
        units = self.sudo().search_fetch(
            [("channel_id", "=", channel.id), ("external_id", "in", list(external_ids))],
            ["external_id", "state", "raw_state", "operation_id", "order_id", "order_line_id"],
        )
        return {unit.external_id: unit for unit in units}

    @api.model
    def _take_orders(self, channel, pairs):
        """Write the pieces of orders that were read: new ones are created, known ones take
        over their state.

        :param pairs: list of `(order, OrderData)`
        """
        pieces = [
            (order, line, piece)
            for order, data in pairs
            for line in data.lines
            for piece in line.pieces
        ]
        known = self._find(channel, [piece.external_id for _order, _line, piece in pieces])
        order_lines = {
            (order_line.order_id.id, order_line.orion_line_external_id): order_line.id
            for order, _data in pairs
            for order_line in order.order_line
            if order_line.orion_line_external_id
        }
        changes, values_list = {}, []
        for order, line, piece in pieces:
            state = STATE_OF_PIECE[piece.state]
            unit = known.get(piece.external_id)
            if unit is not None:
                changes[unit] = (state, piece.raw_state)
                if not unit.order_line_id and (order.id, line.external_id) in order_lines:
                    unit.sudo().order_line_id = order_lines[order.id, line.external_id]
                continue
            values_list.append(
                {
                    "channel_id": channel.id,
                    "order_id": order.id,
                    "order_line_id": order_lines.get((order.id, line.external_id)),
                    "external_id": piece.external_id,
                    "name": line.name,
                    "state": state,
                    "raw_state": piece.raw_state,
                    "decided_at": state in DECIDED and fields.Datetime.now(),
                }
            )
        self._take_states(changes)
        return self.sudo().create(values_list)

    @api.model
    def _take_states(self, changes, **decision):
        """Write states as Letzshop has them; what is decided never goes back.

        :param changes: `{piece: (state, Letzshop's word)}`
        :param decision: further values for pieces that get decided by this
        """
        grouped = defaultdict(self.browse)
        for unit, (state, raw_state) in changes.items():
            if unit.state in DECIDED and state not in DECIDED:
                continue
            if (unit.state, unit.raw_state) != (state, raw_state):
                grouped[state, raw_state] |= unit
        for (state, raw_state), units in grouped.items():
            if state == "returned":
                self._note_returned(units)
            fresh = units.filtered(lambda unit: unit.state not in DECIDED)
            if state in DECIDED and fresh:
                fresh.sudo().write({"decided_at": fields.Datetime.now(), **decision})
            units.sudo().write({"state": state, "raw_state": raw_state})

    @api.model
    def _note_returned(self, units):
        """Say in the orders that pieces came back: stock and credit note are a person's to do."""
        for order, pieces in units.grouped("order_id").items():
            fresh = pieces.filtered(lambda unit: unit.state != "returned")
            if fresh:
                order._orion_note(
                    order._orion_for_reader().env._(
                        "Returned on Letzshop, %(count)s in all: %(names)s. Take it back "
                        "into stock and make the credit note.",
                        count=len(fresh),
                        names=", ".join(sorted({unit.name or unit.external_id for unit in fresh})),
                    )
                )

    @api.model
    def _take_outcomes(self, operations):
        """Take over what Letzshop answered to decisions; they are on their way no more."""
        for channel, answered in operations.grouped("channel_id").items():
            units = self._find(channel, self._named_in(answered))
            for operation in answered:
                self._take_outcome(operation, units)
            settled = self.union(*units.values()).filtered(
                lambda unit: unit.operation_id in operations
            )
            settled.sudo().operation_id = False

    @api.model
    def _take_outcome(self, operation, units):
        """States of the pieces that one answer names.

        :param units: pieces by external id
        """
        reported = (operation.response_data or {}).get("units") or {}
        wanted = ACCEPTED if operation.operation == "confirm" else (REFUSED,)
        ours, others = {}, {}
        for external_id, value in reported.items():
            state = STATE_OF_PIECE[PieceState(value)]
            if external_id in units:
                target = ours if state in wanted else others
                target[units[external_id]] = (state, state)
        decision = {"decided_by_id": operation.create_uid.id}
        if operation.operation == "reject":
            decision["refuse_reason"] = operation.payload.get("reason") or False
        self._take_states(ours, **decision)
        self._take_states(others)

    @api.model
    def _mark_on_their_way(self, operations):
        """Keep which operation tells Letzshop about each piece."""
        for channel, sent in operations.grouped("channel_id").items():
            units = self._find(channel, self._named_in(sent))
            for operation in sent:
                for external_id in self._named_in(operation):
                    unit = units.get(external_id)
                    if unit and unit.state == UNDECIDED:
                        unit.operation_id = operation

    @api.model
    def _named_in(self, operations):
        """External ids of the pieces in the payloads of these operations."""
        return [
            unit
            for operation in operations
            for unit in (operation.payload or {}).get("units") or ()
        ]
