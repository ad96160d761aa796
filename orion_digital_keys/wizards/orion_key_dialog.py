from odoo import api, models


class OrionKeyDialog(models.AbstractModel):
    """Dialogs about keys that were sold."""

    _name = "orion.key.dialog"
    _description = "Dialog About Keys"

    @api.model
    def _open_dialog(self, title, **defaults):
        """The action that opens this dialog with these values of its fields."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def _close_dialog(self, message):
        """The action that closes it and says what was done."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
