from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..lib.texts import attribute_kind, canonical_word, choose_text, language_of


class OrionFeedBuilder(models.AbstractModel):
    """Texts of products in the language of a feed."""

    _inherit = "orion.feed.builder"

    @api.model
    def _stored_texts(self, records, field_name):
        """What is stored of a translated field, in one query.

        :return: `{record id: {ISO 639-1 code: text}}`
        """
        records.flush_recordset([field_name])
        if not records:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(field_name),
                SQL.identifier(records._table),
                list(records.ids),
            )
        )
        return {
            record_id: {language_of(code): text for code, text in (texts or {}).items()}
            for record_id, texts in self.env.cr.fetchall()
        }

    @api.model
    def _texts(self, products, listings, language):
        """Title and description of each product: the listing's, else the product's.

        :param listings: listing by product id
        :return: `{product id: (title, description)}`
        """
        templates = products.product_tmpl_id
        names = self._stored_texts(templates, "name")
        descriptions = self._stored_texts(templates, "description_sale")
        all_listings = self.env["orion.listing"].union(*listings.values())
        own_names = self._stored_texts(all_listings, "name")
        own_descriptions = self._stored_texts(all_listings, "description")
        variants = self._variant_names(products, language)
        result = {}
        for product in products:
            template_id, listing_id = product.product_tmpl_id.id, listings.get(product.id)
            listing_id = listing_id and listing_id.id
            title = choose_text(own_names.get(listing_id, {}), language)
            if not title:
                title = choose_text(names.get(template_id, {}), language)
                title += f" ({variants[product.id]})" if variants.get(product.id) else ""
            description = choose_text(own_descriptions.get(listing_id, {}), language)
            description = description or choose_text(descriptions.get(template_id, {}), language)
            result[product.id] = (title, description)
        return result

    @api.model
    def _variant_names(self, products, language):
        """Names of the values that tell a product's variants apart, such as “Red, L”."""
        values = products.product_template_attribute_value_ids
        texts = self._stored_texts(values.product_attribute_value_id, "name")
        result = {}
        for product in products:
            names = [
                choose_text(texts.get(value.product_attribute_value_id.id, {}), language)
                for value in product.product_template_attribute_value_ids
                if len(value.attribute_line_id.value_ids) > 1
            ]
            result[product.id] = ", ".join(filter(None, names))
        return result

    @api.model
    def _attribute_values(self, products, language):
        """Colour, size and the like from the products' attributes.

        :return: `{product id: {field of ProductData: text}}`
        """
        values = products.product_template_attribute_value_ids
        names = self._stored_texts(values.attribute_id, "name")
        texts = self._stored_texts(values.product_attribute_value_id, "name")
        kinds = {key: attribute_kind(found.values()) for key, found in names.items()}
        result = defaultdict(dict)
        for product in products:
            for value in product.product_template_attribute_value_ids:
                kind = kinds.get(value.attribute_id.id)
                if kind:
                    found = texts.get(value.product_attribute_value_id.id, {})
                    word = canonical_word(kind, found.values())
                    result[product.id][kind] = word or choose_text(found, language)
        return result
