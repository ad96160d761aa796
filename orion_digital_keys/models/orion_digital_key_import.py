from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.log_redaction import protect
from odoo.addons.orion_base.rpc import MANAGER, check_caller

from ..key_store import NewKey, add_keys
from ..lib.key_list import is_link, normalised

#: Longest key or link.
LONGEST = 2000

protect(methods=("import_keys",))


class OrionDigitalKey(models.Model):
    """Keys come into the pool."""

    _inherit = "orion.digital.key"

    @api.model
    def import_keys(self, product_id, keys, unit_cost=0.0, expires_on=None, company_id=None):
        """Put keys in the pool of a product; what it has already, or comes twice, is left out.

        :param product_id: id of a `product.product` that is digital
        :param keys: list of texts, or one text with a key a line
        :param unit_cost: what one key cost, without tax, in the company's currency
        :param expires_on: last day of activation, `YYYY-MM-DD`; False for no end
        :param company_id: whose pool; the user's company by default
        :return: `{"imported": n, "duplicates": n}`
        :raise UserError: no digital product, or what is no key, cost or day
        """
        product = self._checked_product(product_id)
        company = self._checked_company(company_id)
        texts = self._checked_keys(keys)
        self._check_method(product, texts)
        expires_on = self._checked_day(expires_on, company)
        if unit_cost < 0:
            raise UserError(self.env._("A key cannot cost less than nothing. Give its cost, or 0."))
        batch = self._make_batch(
            product, company, "rpc", unit_cost=unit_cost, expires_on=expires_on
        )
        kind = "link" if product.orion_delivery_method == "link" else "text"
        result = add_keys(batch, [NewKey(text, kind=kind) for text in texts])
        if not result.key_ids:
            batch.unlink()
        return {"imported": len(result.key_ids), "duplicates": len(result.duplicates)}

    # === BUSINESS === #

    @api.model
    def _make_batch(self, product, company, source, **values):
        """The batch that keys come in with, in sudo; its name says what and when."""
        return (
            self.env["orion.key.batch"]
            .sudo()
            .create(
                {
                    "name": self.env._("Keys of %(product)s", product=product.display_name),
                    "product_id": product.id,
                    "company_id": company.id,
                    "source": source,
                    "currency_id": company.currency_id.id,
                    **values,
                }
            )
        )

    # === PRIVATE === #

    @api.model
    def _checked_product(self, product_id):
        check_caller(self.browse(), MANAGER, "read")
        product = self.env["product.product"].browse(product_id)
        check_caller(product, MANAGER, "read")
        if len(product) != 1 or not product.orion_is_digital:
            raise UserError(
                self.env._(
                    "Keys belong to a digital product. Give the id of a product that is marked as "
                    "“Digital Key”."
                )
            )
        return product

    @api.model
    def _checked_company(self, company_id):
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if not self.env.su and company not in self.env.companies:
            raise UserError(
                self.env._("You may not work for this company. Choose one of your own companies.")
            )
        return company

    @api.model
    def _check_method(self, product, texts):
        """:raise UserError: when the product is not delivered as these are"""
        if product.orion_delivery_method == "image":
            raise UserError(
                self.env._(
                    "%(product)s is delivered as pictures. Import them under Digital Keys > Import "
                    "Keys.",
                    product=product.display_name,
                )
            )
        if product.orion_delivery_method == "link":
            for place, text in enumerate(texts, 1):
                if not is_link(text):
                    raise UserError(
                        self.env._(
                            "Link number %(place)s does not begin with https:// or http://. "
                            "Nothing was imported.",
                            place=place,
                        )
                    )

    @api.model
    def _checked_day(self, day, company):
        try:
            expires_on = fields.Date.to_date(day or False)
        except ValueError:
            expires_on = None
        if day and not expires_on:
            raise UserError(self.env._("“%(day)s” is no day. Write it as YYYY-MM-DD.", day=day))
        if expires_on and expires_on < company._orion_today():
            raise UserError(
                self.env._("These keys have expired on %(day)s: nothing was imported.", day=day)
            )
        return expires_on or False

    @api.model
    def _checked_keys(self, keys):
        """Texts as they are kept; the sentence of an error names the place, never the key."""
        rows = keys.splitlines() if isinstance(keys, str) else list(keys or ())
        for place, row in enumerate(rows, 1):
            if not isinstance(row, str) or len(row) > LONGEST:
                raise UserError(
                    self.env._(
                        "Key number %(place)s is no text of at most %(longest)s characters. "
                        "Nothing was imported.",
                        place=place,
                        longest=LONGEST,
                    )
                )
        texts = [text for row in rows if (text := normalised(row))]
        if not texts:
            raise UserError(self.env._("There is no key. Give at least one."))
        return texts
