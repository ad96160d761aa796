from odoo import api, fields, models

from ..rpc import MANAGER, check_caller


class OrionSettings(models.TransientModel):
    """The settings of Marketplaces for Managers. Saving applies them."""

    _name = "orion.settings"
    _inherit = "orion.settings.mixin"
    _description = "Marketplace Settings of Managers"

    orion_notify_by_email = fields.Boolean(
        string="Marketplace Notifications by E-mail",
        default=lambda self: self.env.company.orion_notify_by_email,
        help="New channels of the company you are working in notify by e-mail too, not only in "
        "the inbox.",
    )

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Settings")

    @api.model
    def default_get(self, fields):
        """The settings in force."""
        values = super().default_get(fields)
        parameters = self.env["ir.config_parameter"].sudo()
        for name, field in self._parameter_fields():
            stored = parameters.get_param(field.config_parameter)
            if name in fields and stored:
                values[name] = stored == "True" if field.type == "boolean" else int(stored)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        settings = super().create(vals_list)
        settings._apply()
        return settings

    def write(self, vals):
        result = super().write(vals)
        self._apply()
        return result

    def _apply(self):
        check_caller(self.env["orion.channel"], MANAGER, "write")
        parameters = self.env["ir.config_parameter"].sudo()
        for settings in self:
            for name, field in self._parameter_fields():
                parameters.set_param(field.config_parameter, settings[name])
            self.env.company.sudo().orion_notify_by_email = settings.orion_notify_by_email

    def _parameter_fields(self):
        """(name, field) of the settings kept as system parameters"""
        return [
            (name, field)
            for name, field in self._fields.items()
            if getattr(field, "config_parameter", None)
        ]
