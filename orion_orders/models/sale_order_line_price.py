from decimal import Decimal

from odoo import api, models

#: Writing one of these moves the pinned amounts.
PRICE_FIELDS = frozenset(
    {
        "product_uom_qty",
        "price_unit",
        "technical_price_unit",
        "discount",
        "tax_ids",
        "extra_tax_data",
        "orion_price_unit",
    }
)


class SaleOrderLine(models.Model):
    """Money as sold: a marketplace line costs what the customer paid, to the cent.

    Base and tax are pinned with Odoo's `extra_tax_data`, so that order and invoice equal the
    sold gross prices under both rounding methods and whatever the taxes say.
    """

    _inherit = "sale.order.line"

    # === COMPUTE: what was sold stays === #

    def _compute_price_unit(self):
        super(SaleOrderLine, self._orion_own_lines())._compute_price_unit()

    def _compute_discount(self):
        super(SaleOrderLine, self._orion_own_lines())._compute_discount()

    def _compute_tax_ids(self):
        super(SaleOrderLine, self._orion_own_lines())._compute_tax_ids()

    def _compute_name(self):
        super(SaleOrderLine, self._orion_own_lines())._compute_name()

    def _compute_analytic_distribution(self):
        """Odoo asks line by line for the rules that apply; the same question is asked once."""
        lines = self.with_context(orion_distribution_models={})
        super(SaleOrderLine, lines)._compute_analytic_distribution()

    @api.depends("extra_tax_data")
    def _compute_amount(self):
        super()._compute_amount()

    def _reset_price_unit(self):
        if not self.orion_is_sold:
            super()._reset_price_unit()

    def _orion_own_lines(self):
        """Lines whose price, taxes and name are Odoo's to compute."""
        return self.filtered(lambda line: not line.orion_is_sold)

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if PRICE_FIELDS & vals.keys():
            self.filtered("orion_is_sold")._orion_pin_again(vals)
        return result

    # === BUSINESS === #

    @api.model
    def _orion_pinned_values(self, gross, quantity, taxes, currency, product=None, discount=0.0):
        """Values of a line that costs `gross` a piece, taxes included.

        :param gross: Decimal, price of one piece
        :param quantity: Decimal
        :param taxes: `account.tax`, price-included or not
        :return: `price_unit` as these taxes want it, and `extra_tax_data`
        """
        if not taxes:
            return {"price_unit": float(gross), "extra_tax_data": False}
        details = self._orion_tax_details(
            gross, quantity or Decimal(1), taxes, currency, discount, product
        )
        price_unit = self._orion_price_for(gross, quantity or Decimal(1), details, discount)
        if not quantity:
            return {"price_unit": price_unit, "extra_tax_data": False}
        total = currency.round(float(gross * quantity) * (1 - discount / 100))
        data = self._orion_manual_amounts(total, details, taxes, currency)
        data.update(
            {
                "currency_id": currency.id,
                "price_unit": price_unit,
                "discount": discount,
                "quantity": float(quantity),
            }
        )
        return {"price_unit": price_unit, "extra_tax_data": data}

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.orion_is_sold and values.get("quantity"):
            values["extra_tax_data"] = self._orion_pin_for(Decimal(str(values["quantity"])))[
                "extra_tax_data"
            ]
        return values

    # === PRIVATE === #

    def _orion_pin_again(self, vals):
        """Pin lines whose quantity, price or taxes have changed."""
        for line in self:
            values = {}
            if "price_unit" in vals and "orion_price_unit" not in vals:
                values["orion_price_unit"] = line._orion_gross_of_price()
            gross = values.get("orion_price_unit", line.orion_price_unit)
            pinned = line._orion_pin_for(Decimal(str(line.product_uom_qty)), gross)
            values["extra_tax_data"] = pinned["extra_tax_data"]
            if "price_unit" not in vals and ("tax_ids" in vals or "orion_price_unit" in vals):
                values["price_unit"] = values["technical_price_unit"] = pinned["price_unit"]
            super(SaleOrderLine, line.sudo()).write(values)

    def _orion_pin_for(self, quantity, gross=None):
        self.ensure_one()
        gross = self.orion_price_unit if gross is None else gross
        return self._orion_pinned_values(
            Decimal(str(gross)),
            quantity,
            self.tax_ids,
            self.currency_id or self.company_id.currency_id,
            self.product_id,
            self.discount,
        )

    def _orion_gross_of_price(self):
        """Gross price that the unit price stands for now."""
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        details = self.tax_ids._get_tax_details(
            price_unit=self.price_unit,
            quantity=1.0,
            precision_rounding=currency.rounding,
            rounding_method="round_globally",
            product=self.product_id,
        )
        return currency.round(details["total_included"])

    @api.model
    def _orion_tax_details(self, gross, quantity, taxes, currency, discount, product):
        """Odoo's own split of a gross amount, unrounded."""
        return taxes._get_tax_details(
            price_unit=float(gross) * (1 - discount / 100),
            quantity=float(quantity),
            precision_rounding=currency.rounding,
            rounding_method="round_globally",
            product=product or self.env["product.product"],
            special_mode="total_included",
        )

    @api.model
    def _orion_price_for(self, gross, quantity, details, discount):
        """Unit price as the taxes want it: gross where they are in the price, net where not."""
        taxes_data = details["taxes_data"]
        if all(data["tax"].price_include for data in taxes_data):
            return float(gross)
        included = sum(data["tax_amount"] for data in taxes_data if data["tax"].price_include)
        total = details["total_excluded"] + included
        factor = float(quantity) * (1 - discount / 100)
        return total / factor if factor else float(gross)

    @api.model
    def _orion_manual_amounts(self, total, details, taxes, currency):
        """Rounded taxes; the base is what is left of the sold total."""
        amounts, tax_sum = {}, 0.0
        for data in details["taxes_data"]:
            rounded = currency.round(data["tax_amount"])
            tax_sum += rounded
            if not data["is_reverse_charge"]:
                amounts[str(data["tax"].id)] = (rounded, data["base_amount"])
        base = currency.round(total - tax_sum)
        manual = {
            str(tax.id): {"tax_amount_currency": 0.0, "base_amount_currency": base}
            for tax in taxes.flatten_taxes_hierarchy()
        }
        plain_base = currency.round(details["total_excluded"])
        for key, (amount, tax_base) in amounts.items():
            on_base = currency.round(tax_base) == plain_base
            manual[key] = {
                "tax_amount_currency": amount,
                "base_amount_currency": base if on_base else currency.round(tax_base),
            }
        return {"manual_total_excluded_currency": base, "manual_tax_amounts": manual}
