import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base import adapters
from odoo.addons.orion_base.json_field import ReadableJson
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller
from odoo.addons.orion_base.sentences import say
from odoo.addons.orion_marketplace_import.lib.catalogue_adapter import ROLE as CATALOGUE
from odoo.addons.orion_marketplace_import.lib.texts import FALLBACKS, language_of

from ..lib.refusals import RefusedRequest
from ..lib.regions import read_regions
from .orion_channel import CODE

#: A person waits for at most so many descriptions.
MOST_AT_ONCE = 20


class OrionMarketplaceProduct(models.Model):
    """Texts and article numbers of the supplier's products, fetched when somebody wants them; the
    price list has none."""

    _inherit = "orion.marketplace.product"

    marketplace = fields.Selection(related="channel_id.marketplace")
    codeswholesale_description = ReadableJson(
        readonly=True, help="Texts by language, GTIN, developer and category, as they were fetched."
    )
    codeswholesale_described_at = fields.Datetime(
        string="Texts Fetched On", readonly=True, index="btree_not_null"
    )
    codeswholesale_unknown_regions = fields.Char(
        string="Unknown Regions", compute="_compute_codeswholesale_unknown_regions"
    )
    codeswholesale_sales_price = fields.Float(
        string="Sales Price",
        digits="Product Price",
        compute="_compute_codeswholesale_sales_price",
        help="By the channel's margin rule, taxes included.",
    )

    @api.depends("regions")
    def _compute_codeswholesale_unknown_regions(self):
        for row in self:
            unknown = read_regions(row.regions or ()).unknown
            row.codeswholesale_unknown_regions = ", ".join(unknown)

    @api.depends(
        "price",
        "channel_id.codeswholesale_margin",
        "channel_id.codeswholesale_surcharge",
        "channel_id.codeswholesale_rounding",
    )
    def _compute_codeswholesale_sales_price(self):
        publisher = self.env["orion.publisher"].sudo()
        self.codeswholesale_sales_price = 0.0
        for channel, rows in self.sudo().grouped("channel_id").items():
            if channel.marketplace == CODE:
                prices = publisher._sales_prices(channel, rows)
                for row in rows:
                    row.codeswholesale_sales_price = prices[row.id]

    # === PUBLIC === #

    def codeswholesale_fetch_texts(self):
        """Fetch texts and article numbers of these products from the supplier, at most 20.

        :return: `{fetched, failed}`
        :raise UserError: more than 20, products of another channel, or the supplier cannot be
            asked
        """
        check_caller(self, USER, "read")
        if len(self) > MOST_AT_ONCE:
            raise UserError(
                self.env._("Fetch texts of at most %(count)s products at once.", count=MOST_AT_ONCE)
            )
        if any(row.marketplace != CODE for row in self):
            raise UserError(self.env._("Only CodesWholesale has texts to fetch."))
        fetched = sum(
            rows._fetch_descriptions(channel.sudo())
            for channel, rows in self.grouped("channel_id").items()
        )
        return {"fetched": fetched, "failed": len(self) - fetched}

    # === ACTIONS === #

    def action_codeswholesale_fetch_texts(self):
        """Fetch the texts, and say what came of it."""
        result = self.codeswholesale_fetch_texts()
        message = self.env._(
            "Texts of %(fetched)s products were fetched, %(failed)s have none.",
            fetched=result["fetched"],
            failed=result["failed"],
        )
        return self._notify(message, "warning" if result["failed"] else "success")

    def action_publish(self):
        """Products are made with their texts, as far as a person can wait for them."""
        missing = self.filtered(
            lambda row: row.marketplace == CODE and not row.codeswholesale_described_at
        )
        if 0 < len(missing) <= MOST_AT_ONCE:
            check_caller(self, MANAGER, "read")
            missing.codeswholesale_fetch_texts()
        return super().action_publish()

    # === BUSINESS === #

    def _fetch_descriptions(self, channel):
        """Ask the supplier; how many answers there were.

        :raise UserError: it cannot be asked at all
        """
        codes = dict.fromkeys(
            ("en", *(language_of(code) for code, _name in self.env["res.lang"].get_installed()))
        )
        wanted = [code for code in codes if code in FALLBACKS]
        found = {}
        try:
            adapter = adapters.open_adapter(channel, CATALOGUE)
            for row in self:
                descriptions = self._descriptions(adapter, row.external_id, wanted)
                if descriptions:
                    found[row.id] = _kept(descriptions)
        except OrionError as error:
            raise UserError(say(self.env, error)) from error
        self._keep_descriptions(found)
        return len(found)

    @api.model
    def _descriptions(self, adapter, external_id, codes):
        """`{language: Description}`; empty for a product that is gone."""
        try:
            return {code: adapter.description(external_id, code) for code in codes}
        except RefusedRequest as error:
            if error.refusal.status != 404:
                raise
        return {}

    @api.model
    def _keep_descriptions(self, found):
        if not found:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET codeswholesale_description = v.value, codeswholesale_described_at = %s
                  FROM jsonb_each(%s::jsonb) v
                 WHERE p.id = v.key::int
                """,
                fields.Datetime.now(),
                json.dumps(found),
            )
        )
        rows = self.browse(found)
        for channel, of_channel in rows.grouped("channel_id").items():
            self._apply_descriptions(channel, of_channel.mapped("external_id"))

    @api.model
    def _apply_descriptions(self, channel, external_ids):
        """What was fetched goes into the staged rows, again after each change of the price list,
        which knows nothing of it."""
        described = [("channel_id", "=", channel.id), ("codeswholesale_described_at", "!=", False)]
        if not self.sudo().search_count(described, limit=1):
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE orion_marketplace_product p
                   SET gtin = NULLIF(d.value ->> 'gtin', ''),
                       brand = NULLIF(d.value ->> 'brand', ''),
                       product_type = NULLIF(d.value ->> 'product_type', ''),
                       texts = d.texts, description = %(description)s,
                       published_digests = CASE WHEN p.published_at IS NOT NULL
                                                THEN '{}'::jsonb END
                  FROM (
                    SELECT r.id, r.codeswholesale_description AS value, t.texts
                      FROM orion_marketplace_product r
                     CROSS JOIN LATERAL (
                           SELECT COALESCE(r.texts, '{}'::jsonb) || COALESCE(jsonb_object_agg(
                                  code.key, COALESCE(r.texts -> code.key, '{}'::jsonb)
                                            || jsonb_build_object('description', code.value)),
                                  '{}'::jsonb) AS texts
                             FROM jsonb_each(r.codeswholesale_description -> 'texts') code) t
                     WHERE r.channel_id = %(channel)s AND r.external_id = ANY(%(ids)s)
                       AND r.codeswholesale_described_at IS NOT NULL
                  ) d
                 WHERE p.id = d.id
                   AND (p.texts, p.gtin) IS DISTINCT FROM (d.texts, NULLIF(d.value ->> 'gtin', ''))
                """,
                description=self.env["orion.staging"]._sql_text(
                    "description", texts=SQL("d.texts")
                ),
                channel=channel.id,
                ids=list(external_ids),
            )
        )
        self.invalidate_model()


def _kept(descriptions):
    """JSON of one product's descriptions; what has no language is taken from the first."""
    first = next(iter(descriptions.values()))
    return {
        "texts": {code: found.text for code, found in descriptions.items() if found.text},
        "gtin": first.gtin,
        "brand": first.developer,
        "product_type": first.category,
        "age_rating": first.age_rating,
    }
