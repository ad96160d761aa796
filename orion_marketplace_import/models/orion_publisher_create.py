import json

from odoo import models
from odoo.tools import SQL, float_round

from ..lib.publishing.merge import text_digest


class OrionPublisher(models.AbstractModel):
    """Making products of rows that are not in the catalogue yet."""

    _inherit = "orion.publisher"

    def _create_plain(self, batch, rows):
        """Products without variants, in one `create`."""
        if not rows:
            return
        values = [
            {**self._template_values(batch, row), **self._variant_values(batch, row)}
            for row in rows
        ]
        products = self.env["product.product"].create(values)
        texts = {}
        for row, product, written in zip(rows, products, values, strict=True):
            names = self._in_languages(row.titles())
            descriptions = self._in_languages(row.descriptions())
            texts[product.product_tmpl_id.id] = (names, descriptions)
            written["gross"] = float(self._gross(batch, row, row.price))
            self._note_created(batch, row, product, written, names, descriptions)
        self._write_texts(texts)

    def _note_created(self, batch, row, product, written, names, descriptions):
        batch.products[row.id] = product.id
        batch.created.add(row.id)
        batch.values[row.id] = self._published(written, names, descriptions)

    # === VALUES === #

    def _template_values(self, batch, row):
        """Values of `product.template` that a row gives, in the source language."""
        taxes = self._tax(batch, row)
        values = {
            **batch.defaults,
            "name": self._in_languages(row.titles()).get("en_US") or row.external_id,
            "type": "service" if row.is_digital else "consu",
            "is_storable": not row.is_digital and row.quantity is not None,
            "company_id": batch.company.id,
            "sale_ok": True,
            "taxes_id": [(6, 0, taxes.ids)],
            "list_price": float(self._list_price(batch, row, taxes)),
            "orion_brand": row.brand or False,
            "orion_mpn": row.mpn or False,
            "orion_adult": bool(row.adult),
        }
        category = batch.categories.get(row.category_path)
        if category:
            values["categ_id"] = category
        return values

    def _variant_values(self, batch, row):
        """Values of `product.product` that are the variant's own."""
        digits = self.env["decimal.precision"].precision_get("Stock Weight")
        return {
            "default_code": row.external_id,
            "barcode": self._barcode(row.gtin),
            "weight": float_round(row.weight or 0.0, precision_digits=digits),
        }

    def _barcode(self, gtin):
        """A canonical GTIN as people scan it: 13 digits, or 8, or 14 of a case."""
        if not gtin:
            return False
        if gtin.startswith("000000"):
            return gtin[6:]
        return gtin[1:] if gtin.startswith("0") else gtin

    def _published(self, written, names, descriptions):
        """What is kept as published of values given to `create`."""
        plain = {
            name: value
            for name, value in written.items()
            if name in ("list_price", "categ_id", "orion_brand", "orion_mpn", "orion_adult",
                        "default_code", "barcode", "weight", "gross")
        }  # fmt: skip
        if "taxes_id" in written:
            plain["taxes"] = sorted(written["taxes_id"][0][2])
        if names:
            plain["name"] = {code: text_digest(text) for code, text in names.items()}
        if descriptions:
            plain["description"] = {code: text_digest(text) for code, text in descriptions.items()}
        return plain

    # === TEXTS === #

    def _write_texts(self, texts):
        """Write names and descriptions of templates in all languages, in one statement.

        :param texts: `{template id: ({language: name}, {language: description})}`
        """
        if not texts:
            return
        templates = self.env["product.template"].browse(texts)
        templates.flush_recordset(["name", "description_sale"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE product_template t
                   SET name = COALESCE(t.name, '{}'::jsonb) || v.name,
                       description_sale = NULLIF(
                           COALESCE(t.description_sale, '{}'::jsonb) || v.description, '{}'::jsonb)
                  FROM jsonb_to_recordset(%s::jsonb) AS v(id int, name jsonb, description jsonb)
                 WHERE t.id = v.id
                """,
                json.dumps(
                    [
                        {"id": template_id, "name": name, "description": description}
                        for template_id, (name, description) in texts.items()
                    ]
                ),
            )
        )
        templates.invalidate_recordset(["name", "description_sale"], flush=False)
