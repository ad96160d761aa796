from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.engine.wake import wake_workers

from .product_product import FITS_SOURCE

#: Pieces that get their keys by one statement.
CLAIM_LIMIT = 1000
#: Before a piece is looked at again whose key another worker holds at this moment.
BUSY_SECONDS = 2
#: How long keys that are here wait at most for those of their order that are being bought, so that
#: the customer gets one e-mail. Buying takes some seconds; who hangs for longer delays nothing.
TOGETHER_SECONDS = 10
#: Reasons of the order's, for which somebody has to look at it.
OF_ORDER = ("region", "supplier_region", "no_country", "fraud", "credit_withdrawn")


class OrionDigitalPiece(models.Model):
    """Giving keys of the pool to sold pieces: each once, whoever does it and dies meanwhile.

    What is here runs in READ COMMITTED transactions of its own (`engine.committed`), because
    `SKIP LOCKED` needs that, and because a claim is committed before anything is sent.
    """

    _inherit = "orion.digital.piece"

    @api.model
    def _claim(self, company, order_ids=None, limit=CLAIM_LIMIT):
        """Reserve a free key for each waiting piece, first sold first; keys that expire first are
        given first.

        :param company: one `res.company`
        :param order_ids: just these orders, whether it is their time or not; None for all
            whose time has come
        :return: `(claimed, left)` ids of pieces: those that have a key now, and those that
            found none or are held
        """
        taken = self._take(company, order_ids, limit)
        self._check_countries(taken)
        rows = self._claim_rows(company, taken)
        claimed = [piece_id for piece_id, has_key, _product in rows if has_key]
        left = [(piece_id, product) for piece_id, has_key, product in rows if not has_key]
        found = {piece_id for piece_id, _has_key, _product in rows}
        self.invalidate_model()
        self.env["orion.digital.key"].invalidate_model()
        self._leave(company, left, at_once=order_ids is not None)
        self._wait_for_others(claimed)
        if claimed:
            products = {product for _id, has_key, product in rows if has_key}
            self.env["product.product"]._orion_keys_taken(sorted(products))
        held = [piece_id for piece_id in taken if piece_id not in found]
        return claimed, [piece_id for piece_id, _product in left] + held

    @api.model
    def _take(self, company, order_ids, limit):
        """Lock the pieces that wait, or are held for their country, first sold first; their ids.

        Of two workers each takes others. What is sold while these are looked at is not among
        them, so that no key is given of which nobody has asked where it may be activated.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM orion_digital_piece
                 WHERE company_id = %(company)s
                   AND (state = 'waiting'
                        OR state = 'held' AND reason IN ('region', 'no_country')
                           AND is_released IS NOT TRUE)
                   AND %(chosen)s
                 ORDER BY id LIMIT %(limit)s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                company=company.id,
                chosen=(
                    SQL("try_at <= %s", fields.Datetime.now())
                    if order_ids is None
                    else SQL("order_id = ANY(%s)", list(order_ids))
                ),
                limit=limit,
            )
        )
        self.invalidate_model()
        return [piece_id for (piece_id,) in rows]

    @api.model
    def _claim_rows(self, company, taken):
        """`(piece id, has a key now, product id)` of those of the locked pieces that wait; one
        statement.

        Locks of keys are taken where the rows are found, so of two workers each takes others.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "WITH %s, %s, %s SELECT t.id, p.key_id IS NOT NULL, t.product_id"
                " FROM taken t LEFT JOIN pairs p ON p.piece_id = t.id ORDER BY t.id",
                _taken(taken),
                _paired(company),
                _given(),
            )
        )

    @api.model
    def _leave(self, company, left, at_once=False):
        """Pieces that found no key say why, and wait for a change.

        :param left: pairs of ids of pieces and products
        :param at_once: a person asks: suppliers are asked now, whenever it was to be
        """
        if not left:
            return
        products = self.env["product.product"].browse({product for _id, product in left})
        # what others hold at this moment may be free again in the next
        held = products._orion_free_keys(company)
        bought = products.filtered(lambda product: product.orion_key_source != "pool")
        best = self.env["orion.key.offer"]._best(bought, company)
        now = fields.Datetime.now()
        for product in products:
            pieces = self.browse([id_ for id_, product_id in left if product_id == product.id])
            if product.id in held:
                pieces.write({"try_at": now + timedelta(seconds=BUSY_SECONDS)})
            elif product in best:
                pieces._hand_over(best[product].channel_id, at_once)
            else:
                reason = "no_offer" if product in bought else "pool_empty"
                pieces.write({"try_at": False, "buy_at": False, "reason": reason})
        if best:
            wake_workers(self.env)

    @api.model
    def _wait_for_others(self, claimed):
        """Keys are sent together with those of the same order that are being bought at this
        moment, for a short time.

        :param claimed: ids of pieces that have just got their keys
        """
        if not claimed:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_digital_piece p SET try_at = %(until)s
                 WHERE p.id = ANY(%(claimed)s)
                   AND EXISTS (SELECT 1 FROM orion_digital_piece other
                                WHERE other.order_id = p.order_id AND %(bought)s)
                """,
                until=fields.Datetime.now() + timedelta(seconds=TOGETHER_SECONDS),
                claimed=list(claimed),
                bought=SQL(
                    "(other.state = 'ordered'"
                    " OR other.state = 'waiting' AND other.buy_at IS NOT NULL)"
                ),
            )
        )
        self.invalidate_model(["try_at"])

    # === COUNTRIES === #

    @api.model
    def _check_countries(self, piece_ids):
        """Hold what must not be activated in its customer's country, and let go what may be (now).

        Three queries and one write, however many pieces there are.
        """
        domain = [("id", "in", piece_ids), ("is_released", "=", False)]
        for pieces in self._limited_by_country(domain).values():
            for reason, found in pieces.items():
                if reason:
                    found.filtered(
                        lambda p, why=reason: p.reason != why or p.state != "held"
                    )._hold(reason)
                    found.filtered("try_at").write({"try_at": False})
                else:
                    found.filtered(lambda p: p.state == "held")._wait(None)

    @api.model
    def _limited_by_country(self, domain):
        """`{product: {reason or None: pieces}}` of products that are not for everywhere."""
        result = {}
        for product, pieces in self.search(domain).grouped("product_id").items():
            allowed = product.product_tmpl_id._orion_allowed_countries()
            if not allowed and not any(piece.state == "held" for piece in pieces):
                continue
            result[product] = pieces.grouped(
                lambda piece, allowed=allowed: piece._country_problem(allowed)
            )
        return result

    def _country_problem(self, allowed):
        """Why the key is not for this customer: `region`, `no_country` or None."""
        self.ensure_one()
        if not allowed:
            return None
        order = self.order_id
        country = order.partner_shipping_id.country_id or order.partner_id.country_id
        if not country:
            return "no_country"
        return None if country in allowed else "region"

    def _hold(self, reason):
        """Nothing is given or bought for these pieces until a person, or a change, lets them go."""
        if self:
            hold_rows(self)
            self.sudo().write({"state": "held", "reason": reason, "try_at": False, "buy_at": False})
            if reason in OF_ORDER:
                self.order_id._orion_ask_about_held(reason)


def _taken(piece_ids):
    """Those of the locked pieces that are not held."""
    return SQL(
        """
        taken AS MATERIALIZED (
            SELECT id, product_id FROM orion_digital_piece
             WHERE id = ANY(%s) AND state = 'waiting')
        """,
        piece_ids,
    )


def _paired(company):
    """As many free keys as are wanted of each product, and which piece gets which."""
    return SQL(
        """
        wanted AS (SELECT product_id, count(*) AS number FROM taken GROUP BY product_id),
        free AS MATERIALIZED (
            SELECT w.product_id, k.id,
                   row_number() OVER (PARTITION BY w.product_id
                                      ORDER BY k.expires_on NULLS LAST, k.id) AS place
              FROM wanted w
              JOIN product_product p ON p.id = w.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             CROSS JOIN LATERAL (
                SELECT k.id, k.expires_on FROM orion_digital_key k
                 WHERE k.product_id = w.product_id AND k.company_id = %(company)s
                   AND k.state = 'available'
                   AND (k.expires_on IS NULL OR k.expires_on >= %(today)s)
                   AND %(fits)s
                 ORDER BY k.expires_on NULLS LAST, k.id LIMIT w.number
                   FOR NO KEY UPDATE OF k SKIP LOCKED) AS k),
        pairs AS MATERIALIZED (
            SELECT t.id AS piece_id, f.id AS key_id
              FROM (SELECT id, product_id, row_number() OVER (
                           PARTITION BY product_id ORDER BY id) AS place
                      FROM taken) AS t
              JOIN free f USING (product_id, place))
        """,
        company=company.id,
        today=company._orion_today(),
        fits=SQL(FITS_SOURCE),
    )


def _given():
    """Both sides know each other."""
    return SQL(
        """
        reserved AS (
            UPDATE orion_digital_key k
               SET state = 'reserved', piece_id = p.piece_id, reserved_at = %(now)s,
                   write_date = %(now)s
              FROM pairs p WHERE k.id = p.key_id RETURNING k.id),
        given AS (
            UPDATE orion_digital_piece d
               SET state = 'claimed', key_id = p.key_id, claimed_at = %(now)s,
                   reason = NULL, try_at = %(now)s, buy_at = NULL, write_date = %(now)s
              FROM pairs p WHERE d.id = p.piece_id RETURNING d.id)
        """,
        now=fields.Datetime.now(),
    )
