from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models

from ..lib.publishing.merge import kept_by_store, text_digest, texts_to_write, to_write

TEMPLATE_FIELDS = ("list_price", "orion_brand", "orion_mpn", "orion_adult")
TEXTS = ("name", "description")


@dataclass
class ProductChanges:
    """What is written on products that are there, by how it is written.

    :param plain: `{model: {id: values}}`, at once
    :param numbers: `{product id: values}`, one by one: Odoo checks each
    :param categories: `{category id: template ids}`
    :param taxes: `{(ids taken off, ids put on): template ids}`
    """

    plain: dict = field(default_factory=lambda: defaultdict(dict))
    numbers: dict = field(default_factory=dict)
    categories: dict = field(default_factory=lambda: defaultdict(list))
    taxes: dict = field(default_factory=lambda: defaultdict(list))


class OrionPublisher(models.AbstractModel):
    """Writing what the feed has changed on products that are there, and only that."""

    _inherit = "orion.publisher"

    def _update_products(self, batch):
        rows = [row for row in batch.open_rows() if row.id not in batch.created]
        if not rows:
            return
        products = self._products_of(batch, rows)
        self._move_variants(batch, rows, products)
        rows = [row for row in rows if row.id not in batch.problems]
        stored = self._stored_product_texts(products.values())
        self._find_group_titles(batch, rows)
        texts, repriced, changes = {}, set(), ProductChanges()
        for row in rows:
            product = products[row.id]
            self._restore(row, product)
            self._update_product(batch, row, product, changes)
            if self._gives_texts(row):
                found = self._update_texts(batch, row, stored[product.product_tmpl_id.id])
                if any(found):
                    texts[product.product_tmpl_id.id] = found
            if self._is_variant(row):
                repriced.add(product.product_tmpl_id.id)
        self._write_texts(texts)
        self._write_changes(changes)
        self._price_variants(batch, repriced)

    def _find_group_titles(self, batch, rows):
        leads = {
            row.published_group for row in rows if self._is_variant(row) and self._gives_texts(row)
        }
        members = self._group_members(batch, leads - {None})
        batch.group_titles = {name: self._group_titles(found) for name, found in members.items()}

    def _products_of(self, batch, rows):
        ids = {row.id: batch.products[row.id] for row in rows}
        products = self.env["product.product"].browse(ids.values())
        by_id = {product.id: product for product in products}
        return {row_id: by_id[product_id] for row_id, product_id in ids.items()}

    def _stored_product_texts(self, products):
        """`{template id: {"name": {language: text}, "description": …}}`"""
        templates = self.env["product.product"].union(*products).product_tmpl_id
        templates.flush_recordset(["name", "description_sale"])
        self.env.cr.execute(
            "SELECT id, name, description_sale FROM product_template WHERE id = ANY(%s)",
            [templates.ids],
        )
        return {
            template_id: {"name": name or {}, "description": description or {}}
            for template_id, name, description in self.env.cr.fetchall()
        }

    # === WHO GIVES WHAT === #

    def _is_variant(self, row):
        """Its price is set together with those of its group."""
        return row.is_product_created and "variant_price" in row.published_values

    def _gives_texts(self, row):
        """Of the rows of one product the first gives what its variants share."""
        return not self._is_variant(row) or "name" in row.published_values

    # === VALUES === #

    def _update_product(self, batch, row, product, changes):
        """Note the values that are the feed's, and keep what was published."""
        wanted = self._wanted(batch, row)
        published = dict(row.published_values)
        found = to_write(self._current(product, batch.company), published, wanted)
        template = product.product_tmpl_id
        taxes = product.taxes_id._filter_taxes_by_company(batch.company)
        if "taxes" in found:
            former, taxes = taxes, taxes.browse(found["taxes"])
            key = (tuple((former - taxes).ids), tuple((taxes - former).ids))
            changes.taxes[key].append(template.id)
        if not self._is_variant(row):
            # as a product with these taxes keeps it
            wanted["list_price"] = float(self._list_price(batch, row, taxes))
            found |= to_write(
                {"list_price": product.list_price},
                published,
                {"list_price": wanted["list_price"]},
            )
        self._note_changes(changes, product, found)
        wanted["gross"] = float(self._gross(batch, row, row.price))
        if self._is_variant(row):
            wanted["variant"] = row.variant_values
        batch.values[row.id] = {**published, **batch.values.get(row.id, {}), **wanted}

    def _note_changes(self, changes, product, found):
        template = product.product_tmpl_id
        plain = {name: found[name] for name in TEMPLATE_FIELDS if name in found}
        if plain:
            changes.plain["product.template"].setdefault(template.id, {}).update(plain)
        if "weight" in found:
            changes.plain["product.product"][product.id] = {"weight": found["weight"]}
        numbers = {name: found[name] for name in ("default_code", "barcode") if name in found}
        if numbers:
            changes.numbers[product.id] = numbers
        if "categ_id" in found:
            changes.categories[found["categ_id"]].append(template.id)

    def _write_changes(self, changes):
        templates = self.env["product.template"]
        for (former, taxes), ids in changes.taxes.items():
            commands = [(3, tax_id) for tax_id in former] + [(4, tax_id) for tax_id in taxes]
            templates.browse(ids).write({"taxes_id": commands})
        for category_id, ids in changes.categories.items():
            templates.browse(ids).categ_id = category_id
        for model, values in changes.plain.items():
            self._write_each(model, values)
        for product_id, values in changes.numbers.items():
            self.env["product.product"].browse(product_id).write(values)

    def _write_each(self, model, values):
        """Write other values on each record, in one statement for those of the same fields.

        The ORM's `write` would look for dependent records once for each.

        :param values: `{id: {field: value}}` of plain columns
        """
        records = self.env[model].browse(values)
        names = {name for each in values.values() for name in each}
        records.flush_recordset(names)
        fields = self.env[model]._fields
        records._write_multi(
            [
                {
                    name: fields[name].convert_to_column(value, records)
                    for name, value in each.items()
                }
                for each in values.values()
            ]
        )
        records.invalidate_recordset(names, flush=False)
        records.modified(names)

    def _wanted(self, batch, row):
        """What the feed gives, but for texts and list price."""
        wanted = self._variant_values(batch, row)
        if self._gives_texts(row):
            wanted |= {
                "orion_brand": row.brand or False,
                "orion_mpn": row.mpn or False,
                "orion_adult": bool(row.adult),
                "taxes": sorted(self._tax(batch, row).ids),
            }
            category = batch.categories.get(row.category_path)
            if category:
                wanted["categ_id"] = category
        return wanted

    def _current(self, product, company):
        """The same values as they stand in Odoo."""
        template = product.product_tmpl_id
        taxes = template.taxes_id._filter_taxes_by_company(company)
        return {
            "default_code": product.default_code,
            "barcode": product.barcode,
            "weight": product.weight,
            "list_price": template.list_price,
            "categ_id": template.categ_id.id,
            "orion_brand": template.orion_brand,
            "orion_mpn": template.orion_mpn,
            "orion_adult": template.orion_adult,
            "taxes": sorted(taxes.ids),
        }

    def _update_texts(self, batch, row, stored):
        """`(names, descriptions)` to write."""
        titles = batch.group_titles.get(row.published_group) if self._is_variant(row) else None
        wanted = {
            "name": self._in_languages(titles or row.titles()),
            "description": self._in_languages(row.descriptions()),
        }
        found = []
        for name in TEXTS:
            published = row.published_values.get(name, {})
            found.append(texts_to_write(stored[name], published, wanted[name]))
            digests = {code: text_digest(text) for code, text in wanted[name].items()}
            batch.values[row.id][name] = {**published, **digests}
        return tuple(found)

    # === WHAT IS THE STORE'S === #

    def _kept_values(self, staged):
        """What the store has changed on the products of these rows since they were published.

        :return: `{row id: [labels]}`
        """
        rows = staged.filtered(lambda row: row.product_id and row.published_values)
        if not rows:
            return {}
        stored = self._stored_product_texts(rows.product_id)
        labels, result = self._labels(), defaultdict(list)
        for row in rows:
            published = dict(row.published_values)
            product = row.product_id.with_context(lang=None)
            texts = stored[product.product_tmpl_id.id]
            for name in TEXTS:
                digests = {c: text_digest(t) for c, t in texts[name].items() if t}
                if kept_by_store(digests, published.pop(name, {})):
                    result[row.id].append(labels[name])
            current = self._current(product, row.company_id)
            current |= {"variant_price": product.lst_price}
            known = {name: value for name, value in published.items() if name in current}
            result[row.id] += [labels[name] for name in kept_by_store(current, known)]
        return result

    def _labels(self):
        return {
            "name": self.env._("Name"),
            "description": self.env._("Description"),
            "default_code": self.env._("SKU"),
            "barcode": self.env._("Barcode"),
            "weight": self.env._("Weight"),
            "list_price": self.env._("Sales Price"),
            "variant_price": self.env._("Sales Price"),
            "categ_id": self.env._("Category"),
            "orion_brand": self.env._("Brand"),
            "orion_mpn": self.env._("Manufacturer Number"),
            "orion_adult": self.env._("Adults Only"),
            "taxes": self.env._("Taxes"),
        }
