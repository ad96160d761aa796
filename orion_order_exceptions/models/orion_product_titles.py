from odoo import api, models
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin

from ..lib.candidates import Finding, Reason
from ..lib.titles import TitleIndex, plain_title
from ..title_query import PREPARE, RESET, promising, words_query


class OrionProductTitles(models.AbstractModel):
    """Products with a similar name.

    Where PostgreSQL has trigrams it picks the promising products with its index; where not, the
    names of the whole catalogue are read once. What is similar is the same in both cases.
    """

    _name = "orion.product.titles"
    _description = "Products with a Similar Name"

    @api.model
    def _findings(self, company, unknowns):
        """Products whose name is similar to that of an unknown one.

        :param unknowns: `{key: lib.candidates.UnknownProduct}`
        :return: list of `lib.candidates.Finding`
        """
        titles = {key: unknown.name for key, unknown in unknowns.items() if unknown.name.strip()}
        if not titles:
            return []
        self.env["product.template"].flush_model(["name", "active", "sale_ok", "company_id"])
        self.env["product.product"].flush_model(["active", "barcode"])
        picked = None
        if self.env.registry.has_trigram:
            picked = self._pick_by_trigrams(company, set(titles.values()))
            if not picked:
                return []
        rows = self._fetch_names(company, picked)
        index = TitleIndex((row[0], title) for row in rows for title in self._titles(*row[2:]))
        gtins = {row[0]: canonical_gtin(row[1]) for row in rows}
        similar = {title: index.similar(title) for title in set(titles.values())}
        return [
            Finding(key, product_id, Reason.TITLE, score, gtins[product_id])
            for key, title in titles.items()
            for product_id, score in similar[title]
        ]

    @api.model
    def _titles(self, name, values):
        """The product's name in each language, with the values of its attributes.

        :param name: `{language: name}`
        :param values: list of `{language: name}`, or None
        """
        for language, title in name.items():
            options = [value.get(language) or value.get("en_US") or "" for value in values or ()]
            yield " ".join([title, *options])

    @api.model
    def _fetch_names(self, company, templates=None):
        """Id, barcode, names and names of attribute values of each product the company may sell.

        :param templates: ids to restrict to
        """
        wanted = SQL("AND template.id = ANY(%s)", templates) if templates is not None else SQL()
        return self.env.execute_query(
            SQL(
                "SELECT product.id, product.barcode, template.name, ("
                "SELECT jsonb_agg(value.name ORDER BY chosen.id)"
                " FROM product_variant_combination combination"
                " JOIN product_template_attribute_value chosen"
                " ON chosen.id = combination.product_template_attribute_value_id"
                " JOIN product_attribute_value value"
                " ON value.id = chosen.product_attribute_value_id"
                " WHERE combination.product_product_id = product.id)"
                " FROM product_product product"
                " JOIN product_template template ON template.id = product.product_tmpl_id"
                " WHERE %s %s",
                self.env["orion.product.candidates"]._saleable(company),
                wanted,
            )
        )

    @api.model
    def _pick_by_trigrams(self, company, titles):
        """Ids of the templates whose name shares a word with one of `titles`, the rare ones."""
        titles = [plain_title(title) for title in titles]
        words = {word for title in titles for word in title.split()}
        companies = self.env["orion.product.candidates"]._company_ids(company)
        unaccent = self.env.registry.has_unaccent == FunctionStatus.INDEXABLE
        self.env.cr.execute(PREPARE)
        rows = self.env.execute_query(words_query(words, companies, unaccent))
        self.env.cr.execute(RESET)
        return promising(titles, dict(rows))
