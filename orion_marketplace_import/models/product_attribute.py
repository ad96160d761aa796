from odoo import api, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine import make_shared

from ..lib.texts import attribute_kind

NAMES = {
    "color": "Color",
    "size": "Size",
    "gender": "Gender",
    "age_group": "Age Group",
    "material": "Material",
    "pattern": "Pattern",
}


class ProductAttribute(models.Model):
    """Attributes of variants that come from feeds. They are dynamic ones: a product has the
    variants of its feed, and not all combinations."""

    _inherit = "product.attribute"

    @api.model
    def _orion_kinds(self, attributes):
        """`{attribute id: field of the feed}` by their names in any language; one query."""
        if not attributes:
            return {}
        attributes.flush_recordset(["name"])
        found = self.env.execute_query(
            SQL("SELECT id, name FROM product_attribute WHERE id = ANY(%s)", list(attributes.ids))
        )
        return {each: attribute_kind((names or {}).values()) for each, names in found}

    @api.model
    def _orion_values(self, pairs):
        """Values of dynamic attributes, made where they are missing.

        :param pairs: set of `(field of the feed, value)`
        :return: `{(field, value): product.attribute.value}`
        """
        found = self._orion_find_values(pairs)
        missing = sorted(list(pair) for pair in pairs - found.keys())
        if missing:
            make_shared(self.browse(), "_orion_make_values", missing)
            found = self._orion_find_values(pairs)
        return found

    @api.model
    def _orion_find_values(self, pairs):
        attributes = self._orion_attributes()
        kinds = {attribute.id: kind for kind, attribute in attributes.items()}
        values = self.env["product.attribute.value"].search_fetch(
            [
                ("attribute_id", "in", list(kinds)),
                ("name", "in", list({value for _kind, value in pairs})),
            ],
            ["name", "attribute_id"],
            order="id desc",
        )
        found = {(kinds[value.attribute_id.id], value.name): value for value in values}
        return {pair: found[pair] for pair in pairs if pair in found}

    @api.model
    def _orion_attributes(self):
        """`{field of the feed: its dynamic attribute}`, the oldest of each."""
        dynamic = self.search([("create_variant", "=", "dynamic")], order="id desc")
        kinds = self._orion_kinds(dynamic)
        return {kinds[each.id]: each for each in dynamic if kinds[each.id]}

    @api.model
    def _orion_make_values(self, pairs):
        """Make those that are not there yet, and their attributes."""
        attributes = self._orion_attributes()
        new = [
            kind for kind in dict.fromkeys(kind for kind, _value in pairs) if kind not in attributes
        ]
        created = self.create([{"name": NAMES[kind], "create_variant": "dynamic"} for kind in new])
        attributes.update(zip(new, created, strict=True))
        for kind, attribute in zip(new, created, strict=True):
            attribute._orion_translate_name(kind)
        known = self._orion_find_values({tuple(pair) for pair in pairs})
        self.env["product.attribute.value"].create(
            [
                {"name": value, "attribute_id": attributes[kind].id}
                for kind, value in pairs
                if (kind, value) not in known
            ]
        )

    def _orion_translate_name(self, kind):
        """The name in the languages of the shop."""
        for code, _name in self.env["res.lang"].get_installed():
            label = self._orion_labels(code)[kind]
            self.with_context(lang=code).name = label

    def _orion_labels(self, code):
        env = self.with_context(lang=code).env
        return {
            "color": env._("Color"),
            "size": env._("Size"),
            "gender": env._("Gender"),
            "age_group": env._("Age Group"),
            "material": env._("Material"),
            "pattern": env._("Pattern"),
        }
