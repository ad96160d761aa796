from odoo import api, fields, models

from .. import identity, secrets
from ..rpc import MANAGER, check_caller


class OrionSettingsMixin(models.AbstractModel):
    """What both settings screens show: Odoo's own, for administrators, and the one of
    Marketplace Managers, who need not be administrators."""

    _name = "orion.settings.mixin"
    _description = "Marketplace Settings"

    orion_log_retention_days = fields.Integer(
        string="Keep Sync Logs (days)",
        default=90,
        config_parameter="orion_base.log_retention_days",
    )
    orion_credential_expiry_lead_days = fields.Integer(
        string="Warn before Keys Expire (days)",
        default=14,
        config_parameter="orion_base.credential_expiry_lead_days",
    )
    orion_allow_private_addresses = fields.Boolean(
        string="Allow Private Addresses",
        config_parameter="orion_base.allow_private_addresses",
        help="Let feeds and images be fetched from private, loopback and link-local addresses. "
        "Whoever may type such an address can then reach machines of the internal network.",
    )
    orion_key_status = fields.Selection(
        [("ok", "Usable"), ("missing", "Missing"), ("wrong", "Wrong")],
        string="Encryption Key",
        compute="_compute_orion_status",
    )
    orion_key_source = fields.Selection(
        [
            ("config", "odoo.conf"),
            ("environment", "Environment variable"),
            ("file", "Key file in the data directory"),
        ],
        string="Source of the Key",
        compute="_compute_orion_status",
    )
    orion_key_id = fields.Char(string="Newest Key", compute="_compute_orion_status")
    orion_key_problem = fields.Text(compute="_compute_orion_status")
    orion_copy_problem = fields.Text(compute="_compute_orion_status")
    orion_has_health_token = fields.Boolean(compute="_compute_orion_status")

    _orion_days_positive = models.Constraint(
        "CHECK (orion_log_retention_days > 0 AND orion_credential_expiry_lead_days > 0)",
        "Keep sync logs for at least one day, and warn at least one day before a key expires.",
    )

    def _valid_field_parameter(self, field, name):
        return name == "config_parameter" or super()._valid_field_parameter(field, name)

    @api.depends("orion_log_retention_days")
    def _compute_orion_status(self):
        parameters = self.env["ir.config_parameter"].sudo()
        self.orion_key_status = secrets.key_status(self.env)
        self.orion_key_source = secrets.key_source(self.env)
        self.orion_key_id = secrets.newest_key_id(self.env)
        self.orion_key_problem = secrets.key_problem(self.env)
        self.orion_copy_problem = identity.copy_problem(self.env)
        self.orion_has_health_token = bool(parameters.get_param("orion_base.health_token_hash"))

    # === ACTIONS === #

    def action_orion_rotate(self):
        """Encrypt all secrets again with the newest key."""
        return self.env["orion.credential"].action_rotate_all()

    def action_orion_start_anew(self):
        """Give up what a lost key encrypted, and go on with the key this server has."""
        credentials = self.env["orion.credential"]
        check_caller(credentials, MANAGER, "write")
        credentials._start_anew()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_orion_confirm_instance(self):
        """Say that this database is the real one."""
        return self.env["orion.channel"].action_confirm_instance()

    def action_orion_health_token(self):
        """Make a new token for the health page, and show it once."""
        return self.env["orion.health.token"].action_generate()
