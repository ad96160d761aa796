from odoo import fields, models

#: Settings of the documents, by the carrier whose prefix they are.
LABEL_SETTINGS = {
    "orion_greco_label_url": "orion_shipping_labels.carrier_greco",
    "orion_colissimo_label_url": "orion_shipping_labels.carrier_colissimo",
    "orion_xpresslogistics_label_url": "orion_shipping_labels.carrier_xpresslogistics",
}


class OrionSettingsMixin(models.AbstractModel):
    """Where labels are, for the company one works in; and when orders are late."""

    _inherit = "orion.settings.mixin"

    orion_greco_label_url = fields.Char(
        string="Greco Label URL", default=lambda self: self._label_url("orion_greco_label_url")
    )
    orion_colissimo_label_url = fields.Char(
        string="Colissimo Label URL",
        default=lambda self: self._label_url("orion_colissimo_label_url"),
    )
    orion_xpresslogistics_label_url = fields.Char(
        string="XpressLogistics Label URL",
        default=lambda self: self._label_url("orion_xpresslogistics_label_url"),
    )

    def _label_url(self, name):
        carrier = self.env.ref(LABEL_SETTINGS[name], raise_if_not_found=False)
        if not carrier:
            return False
        carrier = carrier.sudo().with_company(self.env.company)
        return carrier.orion_label_url_prefix or carrier.orion_label_url_default

    def _keep_label_urls(self):
        """Write the prefixes that differ from those in force."""
        for settings in self:
            for name, xmlid in LABEL_SETTINGS.items():
                carrier = self.env.ref(xmlid, raise_if_not_found=False)
                if carrier and (settings[name] or "") != (settings._label_url(name) or ""):
                    carrier = carrier.sudo().with_company(self.env.company)
                    carrier.orion_label_url_prefix = (settings[name] or "").strip()

    def action_orion_carriers(self):
        """All carriers."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "orion_shipping_labels.action_orion_carrier"
        )
