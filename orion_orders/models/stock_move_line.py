from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _put_in_pack(self, package_id=False, package_type_id=False, package_name=False):
        package = super()._put_in_pack(package_id, package_type_id, package_name)
        self.picking_id._orion_note_packed()
        return package
