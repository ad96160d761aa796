from odoo import fields, models


class OrionDigitalPiece(models.Model):
    """Pieces that a supplier is to be asked for."""

    _inherit = "orion.digital.piece"

    def _hand_over(self, supplier, at_once=False):
        """The supplier is asked for these: now, or when it was to be asked anyway.

        :param at_once: now in any case
        """
        values = {"try_at": False, "supplier_id": supplier.id}
        if not supplier._buys_keys():
            self.write({**values, "buy_at": False, "reason": "supplier_off"})
            return
        put_off = self.filtered(
            lambda piece: piece.buy_at and piece.supplier_id == supplier and not at_once
        )
        put_off.write({"try_at": False})
        (self - put_off).write({**values, "buy_at": fields.Datetime.now()})
        (self - put_off).filtered(lambda piece: piece.reason == "supplier_off").reason = False

    def _take_back_from_supplier(self):
        """Those of these that must not be bought (any more): their product is given from the pool
        only, or is not for their customer's country. They go another way from now on."""
        of_pool = self.filtered(lambda piece: piece.product_id.orion_key_source == "pool")
        of_pool._try_again([("id", "in", of_pool.ids)])
        held = self.browse()
        for product, pieces in (self - of_pool).grouped("product_id").items():
            allowed = product.product_tmpl_id._orion_allowed_countries()
            problems = pieces.filtered(lambda piece: not piece.is_released).grouped(
                lambda piece, allowed=allowed: piece._country_problem(allowed)
            )
            for reason, found in problems.items():
                if reason:
                    found._hold(reason)
                    held |= found
        return of_pool | held
