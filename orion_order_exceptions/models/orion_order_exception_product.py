from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.lib.gtin import Gtin, GtinKind, parse_gtin

from ..lib.candidates import UnknownProduct

#: How many digits of the canonical GTIN are the barcode that is printed on the goods.
BARCODE_DIGITS = {GtinKind.GTIN_8: 8, GtinKind.GTIN_12: 12, GtinKind.GTIN_14: 14}


class OrionOrderException(models.Model):
    """A new product made from what was sold, where nothing in the catalogue fits."""

    _inherit = "orion.order.exception"

    def _prepare_product_values(self):
        """Values of a new product, of one exception. The addon of feeds knows more."""
        self.ensure_one()
        line = self.order_line_id
        taxes = self._new_product_taxes()
        return {
            "name": self.original_product_name or self.original_sku or self.original_gtin,
            "barcode": self._new_product_barcode(),
            "default_code": self.original_sku or False,
            "list_price": self._new_product_price(taxes),
            "taxes_id": taxes.ids,
            "type": "service" if line.orion_is_digital else "consu",
            "is_storable": not line.orion_is_digital,
        }

    def _new_product_barcode(self):
        """The sold GTIN as it is printed; False when it is none."""
        gtin = parse_gtin(self.original_gtin or None)
        if not isinstance(gtin, Gtin):
            return False
        return gtin.canonical[-BARCODE_DIGITS.get(gtin.kind, 13) :]

    def _new_product_taxes(self):
        """Those of the line, unless a fiscal position has replaced them."""
        if self.order_id.fiscal_position_id:
            return self.company_id.account_sale_tax_id
        return self.order_line_id.tax_ids

    def _new_product_price(self, taxes):
        """The sold price of one piece, as these taxes and the company's currency want it."""
        sold = self.currency_id._convert(
            self.order_line_id.orion_price_unit,
            self.company_id.currency_id,
            self.company_id,
            fields.Date.context_today(self),
            round=False,
        )
        pinned = self.order_line_id._orion_pinned_values(
            Decimal(str(sold)), Decimal(1), taxes, self.company_id.currency_id
        )
        return self.company_id.currency_id.round(pinned["price_unit"])

    def _claim_new_products(self):
        """To be called before products of these exceptions are made. Of two people who make one
        of the same GTIN at the same time the second begins anew, and finds that of the first.

        :return: `{exception: product}` of those whose GTIN a product has by now: it is the one
            that automatic matching would take
        """
        found = {}
        for company, exceptions in self.grouped("company_id").items():
            by_gtin = exceptions.filtered("canonical_gtin").grouped("canonical_gtin")
            self.env["orion.product.claim"]._claim(company, set(by_gtin))
            findings = self.env["orion.product.candidates"]._same_number_findings(
                company, {gtin: UnknownProduct(gtin, "", "") for gtin in by_gtin}
            )
            for gtin, group in by_gtin.items():
                ids = {finding.product_id for finding in findings if finding.key == gtin}
                if len(ids) == 1:
                    found.update(dict.fromkeys(group, self.env["product.product"].browse(ids)))
        return found

    def _taken_sentence(self, product):
        return self.env._(
            "%(product)s has this GTIN by now, so no other product was made.",
            product=product.display_name,
        )

    def _check_may_create_products(self):
        """:raise UserError: the user may not make products."""
        if not self.env["product.product"].has_access("create"):
            raise UserError(
                self.env._(
                    "You may not create products. Ask somebody who may, or for the right "
                    "“Products: Create”; then resolve with the new product."
                )
            )
