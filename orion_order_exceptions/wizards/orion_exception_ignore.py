from odoo import fields, models


class OrionExceptionIgnore(models.TransientModel):
    """Asks why exceptions are left unresolved."""

    _name = "orion.exception.ignore"
    _description = "Ignore Exceptions"

    exception_ids = fields.Many2many("orion.order.exception", string="Exceptions", required=True)
    reason = fields.Char(required=True, help="Kept with the exceptions.")

    def action_ignore(self):
        """Ignore them; they go on blocking their orders."""
        self.ensure_one()
        result = self.exception_ids.ignore(reason=self.reason)
        message = self.env._(
            "Exceptions ignored: %(count)s. Their orders can be refused, but not confirmed, "
            "until they are resolved.",
            count=result["ignored"],
        )
        return self.env["sale.order"]._orion_notify_and_close({"message": message, "success": True})
