from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.orion_orders.models.sale_order_outcome import RESULTS

from .letzshop_inventory_unit import ACCEPTED, REFUSED, UNDECIDED, UNKNOWN


class SaleOrder(models.Model):
    """A shipment of a Letzshop order, decided piece by piece."""

    _inherit = "sale.order"

    letzshop_order_id = fields.Char(
        string="Letzshop Order ID",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Letzshop's id of the customer's order, which may consist of several shipments.",
    )
    letzshop_shipment_id = fields.Char(
        string="Letzshop Shipment ID", readonly=True, copy=False, index="btree_not_null"
    )
    letzshop_order_number = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The number the customer knows, such as R532332163.",
    )
    letzshop_state = fields.Char(
        readonly=True,
        copy=False,
        help="The shipment's state in Letzshop's own words.",
    )
    letzshop_sync_status = fields.Selection(
        [
            ("pending", "Pending"),
            ("confirmed", "Confirmed"),
            ("rejected", "Rejected"),
            ("shipped", "Shipped"),
        ],
        string="Told to Letzshop",
        compute="_compute_letzshop_sync_status",
        store=True,
        help="What Letzshop knows: confirmed with at least one piece, rejected with none, "
        "shipped once it has the tracking.",
    )
    letzshop_has_tracking = fields.Boolean(
        readonly=True, copy=False, help="Letzshop has taken the tracking number."
    )
    letzshop_unit_ids = fields.One2many(
        "letzshop.inventory.unit",
        "order_id",
        string="Letzshop Pieces",
        readonly=True,
        groups="orion_base.group_orion_user",
    )
    letzshop_units_to_decide = fields.Integer(
        string="Pieces to Decide",
        compute="_compute_letzshop_units_to_decide",
        compute_sudo=True,
        help="Pieces that are neither decided nor on their way to be.",
    )

    letzshop_waiting_text = fields.Char(
        string="Pieces Waiting",
        compute="_compute_letzshop_units_to_decide",
        compute_sudo=True,
        help="How many of the pieces of a half decided order wait.",
    )

    # === COMPUTE === #

    @api.depends("orion_external_id", "orion_decision", "letzshop_has_tracking")
    def _compute_letzshop_sync_status(self):
        statuses = {"accepted": "confirmed", "refused": "rejected", "cancelled": "rejected"}
        shipments = self._of_letzshop()
        for order in self:
            if order not in shipments:
                order.letzshop_sync_status = False
            elif order.orion_decision == "accepted" and order.letzshop_has_tracking:
                order.letzshop_sync_status = "shipped"
            else:
                order.letzshop_sync_status = statuses.get(order.orion_decision, "pending")

    @api.depends("letzshop_unit_ids.state", "letzshop_unit_ids.operation_id")
    @api.depends_context("lang")
    def _compute_letzshop_units_to_decide(self):
        counts = dict(
            self.env["letzshop.inventory.unit"]._read_group(
                [
                    ("order_id", "in", self.ids),
                    ("state", "=", UNDECIDED),
                    ("operation_id", "=", False),
                ],
                ["order_id"],
                ["__count"],
            )
        )
        for order in self:
            waiting = counts.get(order._origin, 0)
            order.letzshop_units_to_decide = waiting
            order.letzshop_waiting_text = order._letzshop_waiting_text(waiting)

    def _letzshop_waiting_text(self, waiting):
        if not waiting:
            return False
        total = len(self.letzshop_unit_ids)
        if waiting == 1:
            return self.env._("One of %(total)s pieces waits for your decision.", total=total)
        return self.env._(
            "%(waiting)s of %(total)s pieces wait for your decision.", waiting=waiting, total=total
        )

    # === ACTIONS === #

    def action_letzshop_units(self):
        """The pieces of these orders in a list, where several can be selected."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_letzshop.action_letzshop_inventory_unit"
        )
        return {
            **action,
            "domain": [("order_id", "in", self.ids)],
            "context": {"search_default_to_decide": any(self.mapped("letzshop_units_to_decide"))},
        }

    # === HOOKS: deciding === #

    def _of_letzshop(self):
        """Those of these orders that are shipments of Letzshop."""
        return self.filtered(
            lambda order: (
                order.orion_external_id and order.sudo().orion_channel_id.marketplace == "letzshop"
            )
        )

    @api.model
    def _orion_protected_fields(self):
        return super()._orion_protected_fields() | self._orion_readonly_fields("letzshop_")

    def _orion_with_pieces(self, unit_ids):
        orders = self._of_letzshop()
        if self - orders:
            return super()._orion_with_pieces(unit_ids)
        units = self.env["letzshop.inventory.unit"].search(
            [("order_id", "in", orders.ids), ("external_id", "in", list(unit_ids))]
        )
        self._letzshop_check_units(unit_ids, units)
        return orders & units.order_id

    def _orion_pieces_to_decide(self, unit_ids=None):
        orders = self._of_letzshop()
        others = self - orders
        result = super(SaleOrder, others)._orion_pieces_to_decide(unit_ids) if others else {}
        units = self.env["letzshop.inventory.unit"].search([("order_id", "in", orders.ids)])
        if unit_ids is not None:
            asked = set(unit_ids)
            units = units.filtered(lambda unit: unit.external_id in asked)
        open_orders = orders.filtered(lambda o: o.orion_decision in ("undecided", "accepted"))
        for unit in units:
            if unit.state == UNDECIDED and not unit.operation_id and unit.order_id in open_orders:
                result.setdefault(unit.order_id.id, []).append(unit.external_id)
        return result

    def _letzshop_check_units(self, unit_ids, units):
        unknown = set(unit_ids) - set(units.mapped("external_id"))
        if unknown:
            raise UserError(
                self.env._(
                    "These orders have no piece %(pieces)s. Read the order's pieces again and "
                    "use their Letzshop ids.",
                    pieces=", ".join(sorted(map(str, unknown))),
                )
            )

    def _letzshop_unknown_units(self):
        """Pieces of these orders in a state that Letzshop names with a word not known here."""
        return (
            self.env["letzshop.inventory.unit"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "=", UNKNOWN)])
        )

    def _orion_nothing_to_decide(self):
        units = self.sudo().letzshop_unit_ids
        unknown = self._letzshop_unknown_units()
        if self.orion_decision != "undecided" or not unknown or units.operation_id:
            return super()._orion_nothing_to_decide()
        return self._letzshop_unknown_sentence(unknown)

    def _orion_undecidable_sentence(self):
        unknown = self._letzshop_unknown_units()
        if not unknown:
            return super()._orion_undecidable_sentence()
        return self._letzshop_unknown_sentence(unknown)

    def _letzshop_unknown_sentence(self, units):
        return self.env._(
            "Letzshop says “%(words)s” of pieces of %(order)s, which Orion does not know. Read the "
            "order again. If that does not help, decide it in Letzshop's own screen, or, if it is "
            "void, set its status to Cancelled and give the reason.",
            words=", ".join(sorted(set(units.mapped(lambda unit: unit.raw_state or "?")))),
            order=self.name,
        )

    def _orion_check_manual_status(self, status):
        """Orders that nobody can decide, because their pieces are in states that are not known,
        may be voided."""
        orders = self
        if status == "cancelled":
            states = self._letzshop_states()
            orders = self.filtered(
                lambda order: UNKNOWN not in states[order] or states[order] & {UNDECIDED, *ACCEPTED}
            )
        super(SaleOrder, orders)._orion_check_manual_status(status)

    def _orion_check_confirmable(self, unit_ids=None):
        super()._orion_check_confirmable(unit_ids)
        self._letzshop_check_lines(unit_ids)

    def _letzshop_check_lines(self, unit_ids=None):
        """What stands on no line would be accepted at Letzshop, and not delivered here."""
        domain = [
            ("order_id", "in", self.ids),
            ("state", "=", UNDECIDED),
            ("operation_id", "=", False),
            ("order_line_id", "=", False),
        ]
        if unit_ids is not None:
            domain.append(("external_id", "in", list(unit_ids)))
        units = self.env["letzshop.inventory.unit"].sudo().search(domain)
        if units:
            raise UserError(
                self.env._(
                    "Pieces without an order line, in %(orders)s: %(names)s. Read the orders "
                    "again, then confirm. Refusing is possible without.",
                    orders=", ".join(units.order_id.mapped("name")),
                    names=", ".join(unit.name or unit.external_id for unit in units[:5]),
                )
            )

    def _orion_blocking_lines(self):
        """A line blocks while one of its pieces waits, also where the rest of its order is
        accepted and it counts nothing yet; one whose pieces are all refused, or on their way to
        be, blocks no more."""
        unmatched = self.order_line.filtered("orion_needs_product_match")
        pieces = (
            self.env["letzshop.inventory.unit"]
            .sudo()
            .search([("order_line_id", "in", unmatched.ids)])
        )
        waiting = pieces.filtered(lambda unit: unit.state == UNDECIDED).order_line_id
        lines = super()._orion_blocking_lines() | unmatched.filtered(lambda line: line in waiting)
        free = lines.browse(
            line.id
            for line, units in pieces.grouped("order_line_id").items()
            if all(unit._is_refused_or_will_be() for unit in units)
        )
        return lines - free

    def _orion_pieces_on_their_way(self, operations):
        super()._orion_pieces_on_their_way(operations)
        self.env["letzshop.inventory.unit"]._mark_on_their_way(operations)

    def _orion_settle_pieces(self, operations):
        super()._orion_settle_pieces(operations)
        self.env["letzshop.inventory.unit"]._take_outcomes(operations)

    def _orion_release_pieces(self, operations):
        """An operation that failed may have decided a part of its pieces all the same."""
        super()._orion_release_pieces(operations)
        self.env["letzshop.inventory.unit"]._take_outcomes(operations)
        orders = self.browse(
            {op.res_id for op in operations if (op.response_data or {}).get("units")}
        )
        decisions = orders._orion_decision_by_pieces()
        said = self._orion_statements(
            operations.filtered(lambda op: op.operation in RESULTS), decisions
        )
        orders.filtered(lambda order: decisions.get(order.id) == "accepted")._orion_accepted(said)
        orders.filtered(lambda order: decisions.get(order.id) == "refused")._orion_refused(said)

    def _orion_apply_tracking(self, operations):
        super()._orion_apply_tracking(operations)
        orders = self.browse(operations.mapped("res_id"))
        orders._of_letzshop().sudo().letzshop_has_tracking = True

    def _orion_decision_by_pieces(self):
        result = super()._orion_decision_by_pieces()
        for order, states in self._letzshop_states().items():
            if states & set(ACCEPTED):
                result[order.id] = "accepted"
            else:
                result[order.id] = "refused" if states == {REFUSED} else "undecided"
        return result

    def _orion_known_pieces(self):
        result = super()._orion_known_pieces()
        units = self.env["letzshop.inventory.unit"].sudo()
        found = units.search_fetch(
            [("order_id", "in", self._of_letzshop().ids)],
            ["order_id", "order_line_id", "external_id"],
        )
        for unit in found:
            line_id = unit.order_line_id.orion_line_external_id
            result.setdefault(unit.order_id.id, {})[unit.external_id] = line_id
        return result

    def _orion_line_quantities(self):
        result = super()._orion_line_quantities()
        orders = self._of_letzshop()
        counts = self.env["letzshop.inventory.unit"]._read_group(
            [("order_id", "in", orders.ids), ("order_line_id", "!=", False)],
            ["order_line_id", "state"],
            ["__count"],
        )
        for line, state, count in counts:
            accepted = line.order_id.orion_decision == "accepted"
            counted = state in ACCEPTED if accepted else state != REFUSED
            result[line] = result.get(line, 0) + (count if counted else 0)
        return result

    def _orion_waiting_quantities(self):
        result = super()._orion_waiting_quantities()
        orders = self._of_letzshop().filtered(lambda order: order.orion_decision == "accepted")
        counts = self.env["letzshop.inventory.unit"]._read_group(
            [
                ("order_id", "in", orders.ids),
                ("order_line_id", "!=", False),
                ("state", "=", UNDECIDED),
                ("operation_id", "=", False),
            ],
            ["order_line_id"],
            ["__count"],
        )
        return result | dict(counts)

    def _letzshop_states(self):
        """`{order: states of its pieces}` of those that have pieces; one query."""
        states = defaultdict(set)
        groups = self.env["letzshop.inventory.unit"]._read_group(
            [("order_id", "in", self._of_letzshop().ids)], ["order_id", "state"]
        )
        for order, state in groups:
            states[order].add(state)
        return states

    # === HOOKS: reading === #

    @api.model
    def _orion_open_domain(self):
        """Accepted shipments stay open while some of their pieces wait."""
        partly_open = (
            Domain("orion_decision", "=", "accepted")
            & self._orion_not_on_its_way()
            & Domain("letzshop_unit_ids.state", "=", UNDECIDED)
        )
        return Domain(super()._orion_open_domain()) | partly_open

    def _orion_take_over(self, pairs):
        super()._orion_take_over(pairs)
        orders = self.browse([order.id for order, _data in pairs])._of_letzshop()
        orders.filtered(lambda order: order.orion_decision == "undecided")._orion_shrink_to_pieces()

    def _orion_read_values(self):
        values = super()._orion_read_values()
        if self._of_letzshop():
            values.update(
                letzshop_order_id=self.letzshop_order_id or False,
                letzshop_shipment_id=self.letzshop_shipment_id,
                letzshop_order_number=self.letzshop_order_number or False,
                letzshop_state=self.letzshop_state or False,
                sync_status=self.letzshop_sync_status,
                inventory_units=[
                    {"id": unit.external_id, "state": unit.raw_state or unit.state}
                    for unit in self.letzshop_unit_ids
                ],
            )
        return values
