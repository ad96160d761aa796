from odoo import api, models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin, gtin_variants

from ..lib.candidates import Finding, Reason, rank


class OrionProductCandidates(models.AbstractModel):
    """What unknown products may be: hundreds at once, in a constant number of queries."""

    _name = "orion.product.candidates"
    _description = "Candidates for Unknown Products"

    @api.model
    def _rank(self, company, unknowns):
        """Candidates of each unknown product, the likeliest first.

        :param unknowns: `{key: lib.candidates.UnknownProduct}`
        :return: `{key: lib.candidates.Ranking}`, of products that `company` may sell
        """
        if not unknowns:
            return {}
        findings = self._findings(company, unknowns)
        rankings = rank(unknowns, findings)
        unclear = {key: unknown for key, unknown in unknowns.items() if not rankings[key].proposal}
        titles = self.env["orion.product.titles"]._findings(company, unclear)
        return rank(unknowns, [*findings, *titles]) if titles else rankings

    @api.model
    def _describe(self, rankings):
        """What a screen shows of candidates.

        :param rankings: `{key: lib.candidates.Ranking}`
        :return: `{key: [{id, name, sku, gtin, reason, note, score, proposed}]}`
        """
        ids = {
            candidate.product_id
            for ranking in rankings.values()
            for candidate in ranking.candidates
        }
        products = self.env["product.product"].browse(ids)
        by_id = {product.id: product for product in products}
        return {
            key: [
                self._describe_candidate(ranking, candidate, by_id[candidate.product_id])
                for candidate in ranking.candidates
            ]
            for key, ranking in rankings.items()
        }

    # === HOOKS === #

    @api.model
    def _findings(self, company, unknowns):
        """Findings of all exact searches. Other addons add theirs through `super()`.

        :return: list of `lib.candidates.Finding`
        """
        return [
            *self._same_number_findings(company, unknowns),
            *self._alias_findings(company, unknowns),
            *self._supplier_findings(company, unknowns),
            *self._staged_findings(company, unknowns),
        ]

    @api.model
    def _staged_findings(self, company, unknowns):
        """Products that a staged feed row knows under another number; for the addon of feeds."""
        return []

    @api.model
    def _saleable(self, company):
        """What joins `product` and `template` in these searches have to fulfil, as `SQL`."""
        return SQL(
            "product.active AND template.active AND template.sale_ok"
            " AND product.id NOT IN (%s)"
            " AND (template.company_id IS NULL OR template.company_id = ANY(%s))",
            company._orion_placeholder_ids(),
            self._company_ids(company),
        )

    @api.model
    def _company_ids(self, company):
        """Ids of a company and its parents, whose products it sells too."""
        return [int(part) for part in (company.parent_path or f"{company.id}/").split("/") if part]

    # === ONE QUERY EACH === #

    @api.model
    def _same_number_findings(self, company, unknowns):
        """Products, and packages of products, with the sold GTIN or SKU."""
        by_gtin, by_sku = self._keys_by_number(unknowns)
        barcodes = [barcode for gtin in by_gtin for barcode in gtin_variants(gtin)]
        if not barcodes and not by_sku:
            return []
        self._flush("product.product", "barcode", "default_code", "active")
        self._flush("product.template", "active", "sale_ok", "company_id")
        self._flush("product.uom", "barcode", "product_id", "company_id")
        rows = self.env.execute_query(
            SQL(
                "SELECT product.id, product.barcode, product.default_code, product.barcode"
                " FROM product_product product"
                " JOIN product_template template ON template.id = product.product_tmpl_id"
                " WHERE %(saleable)s AND (product.barcode = ANY(%(barcodes)s)"
                " OR product.default_code = ANY(%(skus)s))"
                " UNION ALL"
                " SELECT product.id, package.barcode, NULL, package.barcode"
                " FROM product_uom package"
                " JOIN product_product product ON product.id = package.product_id"
                " JOIN product_template template ON template.id = product.product_tmpl_id"
                " WHERE %(saleable)s AND package.barcode = ANY(%(barcodes)s)"
                " AND (package.company_id IS NULL OR package.company_id = ANY(%(companies)s))",
                saleable=self._saleable(company),
                companies=self._company_ids(company),
                barcodes=barcodes,
                skus=list(by_sku),
            )
        )
        return [
            Finding(key, product_id, reason, gtin=canonical_gtin(own))
            for product_id, barcode, sku, own in rows
            for reason, keys in (
                (Reason.GTIN, by_gtin.get(canonical_gtin(barcode), ())),
                (Reason.SKU, by_sku.get(sku, ())),
            )
            for key in keys
        ]

    @api.model
    def _alias_findings(self, company, unknowns):
        """Products that a person has said the sold GTIN or SKU stands for."""
        by_gtin, by_sku = self._keys_by_number(unknowns)
        aliases = self.env["orion.product.alias"].sudo()
        self._flush(aliases._name, "company_id", "kind", "value", "product_id")
        rows = self.env.execute_query(
            SQL(
                "SELECT alias.kind, alias.value, product.id, product.barcode"
                " FROM orion_product_alias alias"
                " JOIN product_product product ON product.id = alias.product_id"
                " JOIN product_template template ON template.id = product.product_tmpl_id"
                " WHERE %(saleable)s AND alias.company_id = %(company)s AND ("
                "(alias.kind = 'gtin' AND alias.value = ANY(%(gtins)s))"
                " OR (alias.kind = 'sku' AND alias.value = ANY(%(skus)s)))",
                saleable=self._saleable(company),
                company=company.id,
                gtins=list(by_gtin),
                skus=list(by_sku),
            )
        )
        return [
            Finding(key, product_id, Reason.ALIAS, gtin=canonical_gtin(own))
            for kind, value, product_id, own in rows
            for key in (by_gtin if kind == "gtin" else by_sku).get(value, ())
        ]

    @api.model
    def _supplier_findings(self, company, unknowns):
        """Products that a vendor sells to the company under the sold SKU."""
        _by_gtin, by_sku = self._keys_by_number(unknowns)
        if not by_sku:
            return []
        names = ("product_code", "product_tmpl_id", "product_id", "company_id")
        self._flush("product.supplierinfo", *names)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT vendor.product_code, product.id, product.barcode"
                " FROM product_supplierinfo vendor"
                " JOIN product_template template ON template.id = vendor.product_tmpl_id"
                " JOIN product_product product ON product.product_tmpl_id = template.id"
                " AND product.id = COALESCE(vendor.product_id, product.id)"
                " WHERE %(saleable)s AND vendor.product_code = ANY(%(skus)s)"
                " AND (vendor.company_id IS NULL OR vendor.company_id = %(company)s)",
                saleable=self._saleable(company),
                skus=list(by_sku),
                company=company.id,
            )
        )
        return [
            Finding(key, product_id, Reason.SUPPLIER, gtin=canonical_gtin(own))
            for code, product_id, own in rows
            for key in by_sku[code]
        ]

    # === PRIVATE === #

    @api.model
    def _keys_by_number(self, unknowns):
        """Keys of `unknowns` by canonical GTIN, and by SKU."""
        by_gtin, by_sku = {}, {}
        for key, unknown in unknowns.items():
            if unknown.gtin:
                by_gtin.setdefault(unknown.gtin, []).append(key)
            if unknown.sku:
                by_sku.setdefault(unknown.sku, []).append(key)
        return by_gtin, by_sku

    @api.model
    def _flush(self, model, *names):
        self.env[model].flush_model(names)

    @api.model
    def _describe_candidate(self, ranking, candidate, product):
        return {
            "id": product.id,
            "name": product.with_context(display_default_code=False).display_name,
            "sku": product.default_code or "",
            "gtin": product.barcode or "",
            "reason": candidate.reason.value,
            "note": self._reason_text(ranking, candidate),
            "score": round(candidate.score, 2),
            "proposed": candidate.product_id == ranking.proposal,
            "doubtful": candidate.other_gtin or candidate.reason is Reason.TITLE,
        }

    @api.model
    def _reason_text(self, ranking, candidate):
        """Why this is a candidate, in a few words."""
        if candidate.reason is Reason.GTIN and ranking.is_duplicate:
            return self.env._("Same GTIN, like another product")
        if candidate.reason is Reason.ALIAS and any(
            other.reason is Reason.GTIN for other in ranking.candidates
        ):
            return self.env._("Learned before, but another product has this GTIN")
        texts = {
            Reason.GTIN: self.env._("Same GTIN"),
            Reason.ALIAS: self.env._("Learned before"),
            Reason.SKU: self.env._("Same SKU"),
            Reason.SUPPLIER: self.env._("A vendor's code"),
            Reason.STAGED: self.env._("Known from a feed"),
            Reason.TITLE: self.env._(
                "Similar name, %(percent)s %%", percent=round(candidate.score * 100)
            ),
        }
        text = texts[candidate.reason]
        if candidate.other_gtin:
            return self.env._("%(reason)s, but another GTIN", reason=text)
        return text
