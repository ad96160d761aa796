from odoo import models


class OrionSyncLog(models.Model):
    _inherit = "orion.sync.log"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("status") in ("failed", "partial", "success"):
            self.env["orion.import.job"].sudo()._run_ended(
                self.filtered(lambda log: log.operation_type == "feed_import")
            )
        return result
