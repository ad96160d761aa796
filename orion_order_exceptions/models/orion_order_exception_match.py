from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_orders.lib.order_data import OrderLineData

#: Where a transaction notes what may be recognised once it is committed.
NOTED = "orion.exceptions.noted"
#: Hours that `_cron_match_missed` looks back; more than the longest transaction.
MISSED_HOURS = 3


class OrionOrderException(models.Model):
    """Matching again, when the catalogue or the aliases have changed.

    The user's transaction only notes what changed. Just before the commit, one cheap query
    asks whether anything is pending at all; only then the changed GTINs and SKUs are looked
    up, and the workers asked to match. See docs/architecture.md.
    """

    _inherit = "orion.order.exception"

    # === NOTING, in the user's transaction === #

    @api.model
    def _note_products(self, product_ids):
        """The barcodes and SKUs of these products have changed, or what they are good for."""
        if product_ids:
            self._noted()["products"].update(product_ids)

    @api.model
    def _note_numbers(self, barcodes, skus=()):
        """These numbers are about to be taken from a product: another one may be the only one
        left that has them."""
        keys = self._keys(barcodes, skus)
        if keys:
            self._noted()["keys"].update(keys)

    @api.model
    def _note_aliases(self, keys):
        """These aliases are new or lead to another product; `keys`: `{(kind, value)}`"""
        if keys:
            self._noted()["keys"].update(keys)

    @api.model
    def _noted(self):
        precommit = self.env.cr.precommit
        if NOTED not in precommit.data:
            precommit.data[NOTED] = {"products": set(), "keys": set()}
            precommit.add(self.sudo()._request_matches)
        return precommit.data[NOTED]

    @api.model
    def _request_matches(self):
        """Ask the workers to match the pending exceptions that this transaction concerns."""
        noted = self.env.cr.precommit.data.pop(NOTED)
        pending = SQL("SELECT EXISTS (SELECT FROM orion_order_exception WHERE status = 'pending')")
        if not self.env.execute_query(pending)[0][0]:
            return
        keys = noted["keys"] | self._keys_of_products(noted["products"])
        for channel_id, (gtins, skus) in self._waiting_for(keys).items():
            self.env["orion.channel"].browse(channel_id)._request_job(
                "exception_match", {"gtins": sorted(gtins), "skus": sorted(skus)}
            )

    @api.model
    def _keys_of_products(self, product_ids):
        """`{(kind, value)}` under which products may be sold; one query."""
        if not product_ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT barcode, default_code FROM product_product WHERE id = ANY(%(ids)s)
                 UNION ALL
                SELECT barcode, NULL FROM product_uom WHERE product_id = ANY(%(ids)s)
                """,
                ids=list(product_ids),
            )
        )
        return self._keys([barcode for barcode, _sku in rows], [sku for _barcode, sku in rows])

    @api.model
    def _keys(self, barcodes, skus):
        """`{(kind, value)}` as pending exceptions have them; empty ones are none."""
        gtins = {canonical_gtin(barcode) for barcode in barcodes if barcode} - {None}
        skus = {sku.strip() for sku in skus if sku} - {""}
        return {("gtin", gtin) for gtin in gtins} | {("sku", sku) for sku in skus}

    @api.model
    def _waiting_for(self, keys):
        """`{channel id: (GTINs, SKUs)}` of these that pending exceptions have; one query."""
        gtins = [value for kind, value in keys if kind == "gtin"]
        skus = [value for kind, value in keys if kind == "sku"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT e.channel_id, gtin.value, sku.value
                  FROM orion_order_exception e
                  JOIN orion_channel c ON c.id = e.channel_id AND c.active
                  LEFT JOIN unnest(%s::text[]) AS gtin (value) ON gtin.value = e.canonical_gtin
                  LEFT JOIN unnest(%s::text[]) AS sku (value) ON sku.value = e.original_sku
                 WHERE e.status = 'pending' AND (gtin.value IS NOT NULL OR sku.value IS NOT NULL)
                """,
                gtins,
                skus,
            )
        )
        result = defaultdict(lambda: (set(), set()))
        for channel_id, gtin, sku in rows:
            result[channel_id][0].update({gtin} - {None})
            result[channel_id][1].update({sku} - {None})
        return result

    # === MATCHING, in a worker === #

    @api.model
    def _find_to_match(self, channel, parameters, after, limit):
        """Pending exceptions of a channel, in order of id.

        :param parameters: `{"gtins": [canonical], "skus": [text]}` for just these, or empty
        :param after: id behind which to begin
        """
        domain = [*self._pending_domain(), ("channel_id", "=", channel.id), ("id", ">", after)]
        if parameters:
            domain += [
                "|",
                ("canonical_gtin", "in", parameters.get("gtins") or []),
                ("original_sku", "in", parameters.get("skus") or []),
            ]
        return self.search(domain, order="id", limit=limit)

    def _match_again(self, channel):
        """Match exceptions of one channel by the importer's own rules; what is not sure stays,
        and so does what somebody has undone.

        :return: a `resolve_result.ResolveResult`
        """
        matches = self._find_matches(channel)
        self._note_problems({self.browse(id_): match.problem for id_, match in matches.items()})
        result = None
        for learned, source in ((False, "automatic"), (True, "alias")):
            products = {
                self.browse(id_): self.env["product.product"].browse(match.product_id)
                for id_, match in matches.items()
                if match.product_id
                and match.learned == learned
                and match.product_id not in self.browse(id_).undone_product_ids.ids
            }
            found = self._resolve_many(products, source=source)
            result = found if result is None else result + found
        return result

    def _find_matches(self, channel):
        """`{exception id: ProductMatch}`, in a constant number of queries."""
        self.order_line_id.fetch(["orion_line_external_id"])
        lines = [
            OrderLineData(
                external_id=exception.order_line_id.orion_line_external_id or "",
                name=exception.original_product_name or "",
                quantity=Decimal(1),
                price_unit=Decimal(0),
                sku=exception.original_sku or "",
                gtin=exception.original_gtin or "",
            )
            for exception in self
        ]
        matches = self.env["orion.order.importer"].sudo()._match_lines(channel.sudo(), lines)
        return dict(zip(self.ids, matches, strict=True))

    def _note_problems(self, problems):
        """Keep why exceptions still have no product, where that has changed."""
        changed = defaultdict(list)
        for exception, problem in problems.items():
            if problem and problem != exception.exception_type:
                changed[problem].append(exception.id)
        for problem, ids in changed.items():
            exceptions = self.browse(ids)
            exceptions.sudo().write({"exception_type": problem})
            exceptions.order_line_id.sudo().write({"orion_match_problem": problem})

    # === CRON === #

    @api.model
    def _cron_match_missed(self):
        """What a transaction changed that was open while an order came in: neither saw the
        other. Looked at again by the clock."""
        since = fields.Datetime.now() - timedelta(hours=MISSED_HOURS)
        recent = [("write_date", ">=", since)]
        templates = [("product_tmpl_id.write_date", ">=", since)]
        self._note_products(self.env["product.product"].search(["|", *recent, *templates]).ids)
        self._note_products(self.env["product.uom"].search(recent).product_id.ids)
        aliases = self.env["orion.product.alias"].search(recent)
        self._note_aliases({(alias.kind, alias.value) for alias in aliases})
