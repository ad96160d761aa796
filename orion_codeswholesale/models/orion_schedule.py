from odoo import fields, models

#: The documents' `codeswholesale_catalog_sync`.
CATALOGUE_JOB = "catalog_sync"


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[(CATALOGUE_JOB, "Catalogue sync")], ondelete={CATALOGUE_JOB: "cascade"}
    )
