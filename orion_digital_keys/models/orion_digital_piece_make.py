from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.orion_base.engine import committed
from odoo.addons.orion_base.engine.cursors import hold_free_rows, hold_rows
from odoo.addons.orion_base.engine.wake import wake_workers

#: States of pieces that nobody has promised a key yet.
OPEN = ("waiting", "held")
#: States of pieces for which a key was reserved or ordered, and that have not been sent.
BOUND = ("claimed", "ordered", "preordered")
#: States of pieces for which no key is given any more.
GIVEN_UP = ("cancelled", "refunded")
#: Reasons for which a piece is held, whatever product it is of.
OF_BUYER = ("fraud", "credit_withdrawn")


class OrionDigitalPiece(models.Model):
    """Pieces follow what was sold."""

    _inherit = "orion.digital.piece"

    # === BUSINESS === #

    @api.model
    def _follow_lines(self, quantities):
        """Make the pieces of sold lines, and give up those that are sold no more.

        Called again with the same quantities it changes nothing.

        :param quantities: `{sale.order.line: whole number}`, of confirmed and paid lines
        """
        if not quantities:
            return
        lines = self.env["sale.order.line"].union(*quantities)
        lines.flush_recordset()
        self.flush_model()
        made = self._insert_missing(quantities)
        pieces = self.sudo().search([("sale_line_id", "in", lines.ids)])
        surplus = back = self.browse()
        for line, found in pieces.grouped("sale_line_id").items():
            more, fewer = found._compared_with(quantities[line])
            surplus |= fewer
            back |= more
        surplus._give_up("cancelled")
        back._wait_anew()
        for line, kept in (pieces - surplus).grouped("sale_line_id").items():
            kept.filtered(lambda p, line=line: p.product_id != line.product_id)._follow_product()
        if made or back:
            wake_workers(self.env)
            self.env["orion.demand"]._note_changed(lines.product_id.ids)

    def _compared_with(self, quantity):
        """Which of the pieces of one line are sold again, and which are no more.

        :return: `(cancelled pieces that wait again, pieces to be given up)`
        """
        sold = self.filtered(lambda piece: piece.state != "cancelled")
        if len(sold) >= quantity:
            return self.browse(), sold._first_to_give_up()[: len(sold) - quantity]
        return (self - sold).sorted("number")[: quantity - len(sold)], self.browse()

    def _first_to_give_up(self):
        """These pieces, those first that were taken back already, then those for which nothing
        was done yet, and last what the customer has."""
        return self.sorted(
            lambda piece: (
                piece.state != "refunded",
                piece.state not in OPEN,
                piece.state == "delivered",
                piece.state == "claimed",
                -piece.number,
            )
        )

    def _follow_product(self):
        """Their line has another product by now. What was reserved or ordered of the former one
        goes to its pool; what the customer has stays. What kept the former product from being
        given says nothing of the other: a worker looks at once, in the pool first."""
        bound = self.filtered(lambda piece: piece.state in BOUND)
        bound._give_up("cancelled")
        following = bound | self.filtered(lambda piece: piece.state in OPEN)
        if not following:
            return
        hold_rows(following)
        of_buyer = following.filtered(lambda p: p.state == "held" and p.reason in OF_BUYER)
        (following - of_buyer)._wait(None)
        former = following.product_id
        for line, pieces in following.grouped("sale_line_id").items():
            pieces.write(
                {
                    "product_id": line.product_id.id,
                    "purchase_id": False,
                    "supplier_id": False,
                    "attempts": 0,
                }
            )
        for order in following.order_id:
            order._close_key_activity()
        self.env["orion.demand"]._note_changed((former | following.product_id).ids)
        wake_workers(self.env)

    @api.model
    def _insert_missing(self, quantities):
        """The ids of the pieces that were missing; one statement."""
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO orion_digital_piece (
                    sale_line_id, order_id, company_id, product_id, number, state, try_at,
                    waiting_since, is_told, attempts,
                    create_uid, create_date, write_uid, write_date)
                SELECT l.id, l.order_id, o.company_id, l.product_id, n.number, 'waiting',
                       %(now)s, %(now)s, FALSE, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(lines)s::int[], %(counts)s::int[]) AS w (line_id, count)
                  JOIN sale_order_line l ON l.id = w.line_id
                  JOIN sale_order o ON o.id = l.order_id
                 CROSS JOIN LATERAL generate_series(1, w.count) AS n (number)
                 ORDER BY l.order_id, l.id, n.number
                ON CONFLICT (sale_line_id, number) DO NOTHING
                RETURNING id
                """,
                lines=[line.id for line in quantities],
                counts=list(quantities.values()),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        if rows:
            self.invalidate_model()
            self.env["sale.order"].invalidate_model(["orion_piece_ids"])
            self.env["sale.order.line"].invalidate_model(["orion_piece_ids"])
        return [row[0] for row in rows]

    def _give_up(self, state):
        """These pieces get no key (any more): `cancelled`, or `refunded`.

        What was reserved goes back to the pool; what was sent stays locked, and is `refunded`
        for good. What is on its way from a supplier comes into the pool.
        """
        hold_rows(self)
        pieces = self.sudo().filtered(lambda p: p.state not in ("cancelled", "refunded"))
        claimed = pieces.filtered(lambda p: p.state == "claimed")
        sent = pieces.filtered(lambda p: p.state == "delivered")
        if state == "cancelled":
            # who has a key keeps it until it is refunded
            pieces -= sent
            sent = sent.browse()
        keys = claimed.key_id
        sent.key_id.write({"state": "refunded"})
        (pieces - sent).write(
            {"state": state, "reason": False, "try_at": False, "buy_at": False, "key_id": False}
        )
        sent.write({"state": state, "try_at": False})
        keys._release()
        self.env["orion.demand"]._note_changed(pieces.product_id.ids)

    def _wait(self, reason, again=True):
        """These pieces wait for a key.

        :param reason: a value of `reason`, or None
        :param again: a worker looks at once; else when something has changed
        """
        if self:
            hold_rows(self)
            self.sudo().write(
                {
                    "state": "waiting",
                    "reason": reason or False,
                    "try_at": fields.Datetime.now() if again else False,
                    "buy_at": False,
                    "key_id": False,
                }
            )

    def _wait_anew(self):
        """Their customers wait from now on: for the first key, or for another one."""
        if self:
            self._wait(None)
            self.sudo().write({"waiting_since": fields.Datetime.now(), "is_told": False})

    @api.model
    def _try_again(self, domain):
        """A worker looks for keys of those that wait, because something has changed; also of those
        that a supplier is to be asked for: it is asked once the worker has looked.

        Those that others hold, or have just changed, are looked at once this is committed: nobody
        who imports keys or saves a product waits for a worker, or begins anew because of it.
        """
        found = self.sudo().search(Domain(domain) & self._untried_domain())
        held = hold_free_rows(found)
        held._look_soon()
        held_by_others = (found - held).ids
        if held_by_others:
            env = self.env
            env.cr.postcommit.add(lambda: _try_committed(env, held_by_others))

    @api.model
    def _untried_domain(self):
        """Pieces that only an event makes a worker look at."""
        return Domain("try_at", "=", False) & (
            Domain("state", "=", "waiting")
            | Domain("state", "=", "held") & Domain("reason", "in", ("region", "no_country"))
        )

    def _look_soon(self):
        """A worker looks for keys of those of these, which are held, that still wait."""
        self.invalidate_recordset()
        waiting = self.filtered_domain(self._untried_domain())
        if waiting:
            waiting.write({"try_at": fields.Datetime.now()})
            wake_workers(self.env)

    # === CRON === #

    @api.model
    def _cron_try_again(self):
        """Whatever waits is looked at again, also where no event told of what has changed."""
        self._try_again([])


def _try_committed(env, piece_ids):
    """In a transaction of its own, which waits for who has these, and sees what came of it."""
    with committed(env) as own:
        hold_rows(own["orion.digital.piece"].browse(piece_ids))._look_soon()
