from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_is_zero

PRECISION = 6


class SaleOrder(models.Model):
    """Odoo's own deliveries of orders that people ship."""

    _inherit = "sale.order"

    # === BUSINESS === #

    def _orion_open_deliveries(self):
        """Deliveries to the customers that are not done."""
        transfers = self.sudo().picking_ids
        still_open = transfers._orion_leaving().filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        # what is read of one order's is read of all orders'
        return still_open.with_prefetch(transfers._prefetch_ids)

    def _orion_deliver_where_possible(self):
        """Validate what can be validated; what cannot stays open.

        :return: sentences that say why, one an order
        """
        tried = [order._orion_try(lambda one: one._orion_deliver()) for order in self]
        return [str(error) for _done, error in tried if error is not None]

    def _orion_deliver(self):
        """Validate the open deliveries of what is noted as shipped; the rest stays open in a
        delivery of its own.

        :raise UserError: goods that are not in stock, an earlier step that is not done, or what
            Odoo itself asks for (a serial number …)
        """
        for order in self:
            deliveries = order._orion_deliveries_to_validate()
            if not deliveries or deliveries._orion_from_house():
                order._orion_check_turn()
            wanted = order._orion_moves_to_deliver(deliveries)
            if not wanted:
                continue
            wanted_deliveries = self.env["stock.move"].union(*wanted).picking_id.sudo()
            wanted_deliveries.action_assign()
            order._orion_check_stock(wanted)
            for move in wanted_deliveries.move_ids:
                move.picked = move in wanted
                if move in wanted:
                    move.quantity = wanted[move]
            order._orion_validate(wanted_deliveries)
        return self

    def _orion_deliveries_to_validate(self):
        """Of the open deliveries those that may be validated; see docs/architecture.md. What a
        supplier has sent is another parcel than what leaves the own house."""
        still_open = self._orion_open_deliveries()
        return still_open._orion_from_house() or still_open

    def _orion_track_deliveries(self, number, carrier=""):
        """Write the tracking number on the parcel's delivery.

        :return: the deliveries
        """
        deliveries = self.env["stock.picking"].sudo()
        for order in self:
            deliveries |= order._orion_deliveries_to_track()
        if "carrier_tracking_ref" in deliveries._fields:
            deliveries.carrier_tracking_ref = number
            return deliveries
        note = self.env._(
            "Tracking number: %(number)s", number=f"{number} ({carrier})" if carrier else number
        )
        deliveries._message_log_batch(dict.fromkeys(deliveries.ids, note))
        return deliveries

    # === PRIVATE === #

    def _orion_deliveries_to_track(self):
        """The open deliveries of what is noted as shipped, else all open ones, else what left
        last. A supplier's parcel has a number of its own: it gets this one only where nothing
        leaves the own house."""
        still_open = self._orion_open_deliveries()
        noted = self.env["stock.move"].sudo()
        for line, left, moves in self._orion_noted_moves(still_open):
            is_kit = moves.product_id != line.product_id
            for move in moves:
                if not is_kit and float_compare(left, 0, precision_digits=PRECISION) <= 0:
                    break
                noted |= move
                left -= move.product_uom._compute_quantity(
                    move.product_uom_qty, line.product_uom_id, raise_if_failure=False
                )
        done = self.sudo().picking_ids._orion_leaving().filtered(lambda one: one.state == "done")
        parcels = noted.picking_id or still_open or done.sorted("date_done")[-1:]
        return parcels._orion_from_house() or parcels

    def _orion_noted_moves(self, deliveries):
        """What is noted as shipped and not delivered.

        :return: `[(line, quantity in the line's unit, its open moves in these deliveries)]`
        """
        result = []
        # the oldest delivery leaves first
        open_moves = deliveries.sorted("id").move_ids
        for line in self.sudo()._orion_goods_lines():
            left = line.orion_shipped_quantity - line.qty_delivered
            if float_compare(left, 0, precision_digits=PRECISION) > 0:
                moves = open_moves.filtered(
                    lambda move, line=line: (
                        move.sale_line_id == line and move.state not in ("done", "cancel")
                    )
                )
                result.append((line, left, moves))
        return result

    def _orion_moves_to_deliver(self, deliveries):
        """`{move: quantity}` in the move's unit: what is noted as shipped and not delivered.

        :raise UserError: for a part of something that is delivered in components, or where the
            open deliveries cover less than what is noted
        """
        self.ensure_one()
        wanted = {}
        uncovered = self._orion_waiting_lines()
        for line, left, moves in self._orion_noted_moves(deliveries):
            if moves and moves.product_id != line.product_id:
                wanted.update(self._orion_whole_kit(line, moves))
                continue
            for move in moves:
                quantity = line.product_uom_id._compute_quantity(left, move.product_uom)
                quantity = min(quantity, move.product_uom_qty)
                if float_is_zero(quantity, precision_digits=PRECISION):
                    break
                wanted[move] = quantity
                left -= move.product_uom._compute_quantity(quantity, line.product_uom_id)
            if line.product_uom_id.compare(left, 0) > 0:
                uncovered |= line
        self._orion_check_covered(uncovered)
        return wanted

    def _orion_waiting_lines(self):
        """Lines without a product of an order that is no sale here yet."""
        if self.state in ("draft", "sent"):
            return self.sudo()._orion_unmatched_lines()
        return self.env["sale.order.line"].sudo()

    def _orion_check_covered(self, uncovered):
        """Goods without an open delivery cannot be validated. Orders of the past have none."""
        if not uncovered or self.orion_is_history:
            return
        names = {"order": self.name, "goods": ", ".join(uncovered.mapped("name"))}
        still_open = self._orion_open_deliveries()
        dropships = still_open - still_open._orion_from_house()
        if uncovered & dropships.move_ids.sale_line_id:
            raise UserError(
                self.env._(
                    "%(order)s: the supplier sends %(goods)s, or a part of it. Mark just what has "
                    "left the own house; the supplier's delivery is validated for itself.",
                    **names,
                )
            )
        raise UserError(
            self.env._(
                "%(order)s: no delivery in Odoo is open for %(goods)s. Open the order: while it is "
                "a quotation, choose its products and confirm it; else make the delivery there.",
                **names,
            )
        )

    def _orion_whole_kit(self, line, moves):
        """All components of a product that is delivered in components."""
        shipped, ordered = line.orion_shipped_quantity, line.product_uom_qty
        if float_compare(shipped, ordered, precision_digits=PRECISION) < 0:
            raise UserError(
                self.env._(
                    "%(order)s: %(product)s is delivered in components. Validate this part of "
                    "%(delivery)s there.",
                    order=self.name,
                    product=line.name,
                    delivery=", ".join(moves.picking_id.mapped("name")),
                )
            )
        return {move: move.product_uom_qty for move in moves}

    def _orion_check_turn(self):
        """In a warehouse that picks or packs first, goods leave after that."""
        before = self.sudo().picking_ids.filtered(
            lambda picking: (
                picking.picking_type_code == "internal" and picking.state not in ("done", "cancel")
            )
        )
        if before:
            raise UserError(
                self.env._(
                    "%(order)s: %(before)s comes before the delivery and is not done. Validate "
                    "that first.",
                    order=self.name,
                    before=", ".join(before.mapped("name")),
                )
            )

    def _orion_check_stock(self, wanted):
        short = [
            self.env._(
                "%(product)s: %(reserved)s of %(wanted)s",
                product=move.product_id.display_name,
                reserved=_number(move.quantity),
                wanted=_number(quantity),
            )
            for move, quantity in wanted.items()
            if move.product_id.is_storable
            and float_compare(move.quantity, quantity, precision_digits=PRECISION) < 0
        ]
        if short:
            deliveries = self.env["stock.move"].union(*wanted).picking_id
            raise UserError(
                self.env._(
                    "%(order)s: %(delivery)s stays open, for not everything is in stock "
                    "(%(short)s). Correct the stock and validate it.",
                    order=self.name,
                    delivery=", ".join(deliveries.mapped("name")),
                    short="; ".join(short),
                )
            )

    def _orion_validate(self, deliveries):
        """Odoo's own Validate, without its questions."""
        names = {"order": self.name, "delivery": ", ".join(deliveries.mapped("name"))}
        try:
            deliveries.with_context(skip_backorder=True, skip_sms=True).button_validate()
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(order)s: %(delivery)s cannot be validated: %(reason)s",
                    reason=str(error),
                    **names,
                )
            ) from error
        if any(delivery.state != "done" for delivery in deliveries):
            raise UserError(
                self.env._(
                    "%(order)s: Odoo asks something about %(delivery)s. Open it and validate it "
                    "there.",
                    **names,
                )
            )


def _number(quantity):
    """A quantity without needless decimals."""
    return f"{quantity:g}"
