from odoo import models
from odoo.tools import SQL

#: Tables that belong to a product itself, or are looked at apart.
OF_PRODUCTS = frozenset(
    {"orion_listing", "orion_marketplace_product", "product_value", "product_variant_combination"}
)
OF_TEMPLATES = frozenset(
    {
        "product_product",
        "product_supplier_taxes_rel",
        "product_taxes_rel",
        "product_template_attribute_line",
        "product_template_attribute_value",
    }
)


class OrionPublisher(models.AbstractModel):
    """Whether anything depends on products that publishing has made."""

    _inherit = "orion.publisher"

    def _depended_on(self, batch, rows, products):
        """Ids of the rows whose products are used: stock, orders, rules of price, other channels or
        whatever else in the database names them, or changes of the store; a constant number of
        queries.

        :param products: by row id
        """
        ids = {products[row.id].id: row.id for row in rows}
        found = self._referenced("product_product", list(ids), OF_PRODUCTS)
        found |= self._elsewhere(batch, ids) | self._with_own_picture(batch, ids)
        alone = {
            products[row.id].product_tmpl_id.id: products[row.id].id
            for row in rows
            if len(products[row.id].product_tmpl_id.product_variant_ids) == 1
        }
        templates = self._referenced("product_template", list(alone), OF_TEMPLATES)
        found |= {alone[template_id] for template_id in templates}
        changed = self._kept_values(self.env["orion.marketplace.product"].browse(ids.values()))
        by_store = {row_id for row_id, kept in changed.items() if kept}
        return by_store | {ids[product_id] for product_id in found}

    def _referenced(self, table, ids, own):
        """Those of `ids` that rows of other tables name, by the database's foreign keys.

        :param own: tables that do not count
        """
        if not ids:
            return set()
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT child.relname, field.attname FROM pg_constraint key
                  JOIN pg_class child ON child.oid = key.conrelid
                  JOIN pg_attribute field
                    ON field.attrelid = child.oid AND field.attnum = key.conkey[1]
                 WHERE key.contype = 'f' AND key.confrelid = %s::regclass
                   AND child.relname <> ALL(%s)
                """,
                table,
                list(own),
            )
        )
        parts = [
            SQL(
                "SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                column=SQL.identifier(column),
                table=SQL.identifier(child),
                ids=list(ids),
            )
            for child, column in columns
        ]
        found = self.env.execute_query(SQL(" UNION ").join(parts)) if parts else []
        return {each for [each] in found}

    def _elsewhere(self, batch, ids):
        """Products that another channel or another row has.

        :param ids: `{product id: row id}`
        """
        found = self.env.execute_query(
            SQL(
                """
                SELECT product_id FROM orion_listing
                 WHERE product_id = ANY(%(products)s) AND channel_id <> %(channel)s
                UNION
                SELECT product_id FROM orion_marketplace_product
                 WHERE product_id = ANY(%(products)s) AND id <> ALL(%(rows)s)
                """,
                products=list(ids),
                rows=list(ids.values()),
                channel=batch.channel.id,
            )
        )
        return {each for [each] in found}

    def _with_own_picture(self, batch, ids):
        """Products whose picture the store has set.

        :param ids: `{product id: row id}`
        """
        found = self.env.execute_query(
            SQL(
                """
                SELECT s.product_id FROM orion_marketplace_product s
                  JOIN product_product p ON p.id = s.product_id
                  JOIN LATERAL (
                       SELECT checksum FROM ir_attachment
                        WHERE res_model = 'product.product' AND res_id = p.id
                          AND res_field = 'image_variant_1920'
                       UNION ALL
                       SELECT checksum FROM ir_attachment
                        WHERE res_model = 'product.template' AND res_id = p.product_tmpl_id
                          AND res_field = 'image_1920') a ON TRUE
                 WHERE s.id = ANY(%s)
                   AND NOT EXISTS (SELECT 1 FROM orion_marketplace_product o
                                     JOIN product_product v ON v.id = o.product_id
                                    WHERE o.image_checksum = a.checksum
                                      AND v.product_tmpl_id = p.product_tmpl_id)
                """,
                list(ids.values()),
            )
        )
        return {each for [each] in found}
