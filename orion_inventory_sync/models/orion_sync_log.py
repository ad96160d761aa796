from odoo import api, fields, models

from .orion_schedule import JOB


class OrionSyncLog(models.Model):
    _inherit = "orion.sync.log"

    sync_type = fields.Selection(
        [("full", "All"), ("incremental", "Changes"), ("single_product", "Single Product")],
        string="Stock of",
        compute="_compute_sync_type",
        store=True,
        help="Which listings a look at the stock was about.",
    )

    @api.depends("parameters")
    def _compute_is_selective(self):
        """A look at some products is none at the others, which wait for the regular one."""
        super()._compute_is_selective()
        for log in self:
            if (log.parameters or {}).get("product_ids"):
                log.is_selective = True

    @api.depends("operation_type", "parameters", "counts")
    def _compute_sync_type(self):
        for log in self:
            parameters, counts = log.parameters or {}, log.counts or {}
            if log.operation_type != JOB:
                log.sync_type = False
            elif parameters.get("full") or counts.get("compared"):
                log.sync_type = "full"
            elif len(parameters.get("product_ids") or ()) == 1:
                log.sync_type = "single_product"
            else:
                log.sync_type = "incremental"
