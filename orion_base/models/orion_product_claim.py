from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_KEPT_FOR = timedelta(days=1)


class OrionProductClaim(models.Model):
    """That a product with a GTIN is being made for a company. Odoo keeps barcodes unique by
    looking, and who looks at the same time finds nothing: the second of two who claim one GTIN is
    told of the collision by the database, begins anew, and finds the product of the first."""

    _name = "orion.product.claim"
    _description = "Products Being Made"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    gtin = fields.Char(string="GTIN", required=True, help="Canonical, 14 digits.")
    claimed_at = fields.Datetime(required=True)

    _gtin_unique = models.UniqueIndex("(company_id, gtin)")

    @api.model
    def _claim(self, company, gtins):
        """Before products with these GTINs are made.

        :raise psycopg2.extensions.TransactionRollbackError: somebody has just made one of them
        """
        if not gtins:
            return
        # in one order, so that two do not wait for each other
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO orion_product_claim (company_id, gtin, claimed_at)
                SELECT %(company)s, gtin, %(now)s FROM unnest(%(gtins)s) gtin ORDER BY gtin
                ON CONFLICT (company_id, gtin) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
                """,
                company=company.root_id.id,
                now=fields.Datetime.now(),
                gtins=sorted(gtins),
            ),
            # the collision is what is asked for
            log_exceptions=False,
        )

    @api.autovacuum
    def _gc_claims(self):
        self.search([("claimed_at", "<", fields.Datetime.now() - _KEPT_FOR)]).unlink()
