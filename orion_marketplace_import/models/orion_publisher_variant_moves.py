from odoo import models

from .orion_publisher_variants import VariantGroup


class OrionPublisher(models.AbstractModel):
    """Variants whose attributes the feed has changed since they were published."""

    _inherit = "orion.publisher"

    def _move_variants(self, batch, rows, products):
        """Give variants the attributes that their rows have now; note those that cannot have them.

        :param products: by row id
        """
        groups = {}
        for row in rows:
            if self._has_moved(row):
                template = products[row.id].product_tmpl_id
                group = groups.setdefault(template.id, VariantGroup([], (), template))
                group.rows.append(row)
        if not groups:
            return
        for group in groups.values():
            self._read_template(group)
            self._refuse_new_kinds(batch, group)
        self._refuse_same(batch, groups.values())
        self._ensure_values(batch, groups.values())
        for group in groups.values():
            for row in group.rows:
                # one by one: each is compared with the other variants of its product
                ids = [group.values[pair].id for pair in group.combination(row).items()]
                products[row.id].product_template_attribute_value_ids = [(6, 0, ids)]
                batch.moved.add(row.id)

    def _has_moved(self, row):
        before = row.published_values.get("variant")
        return (
            self._is_variant(row)
            and row.published_group == row.item_group_id
            and before is not None
            and bool(row.variant_values)
            and before != row.variant_values
        )
