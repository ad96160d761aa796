from odoo import models

KEYS = ("orion_channel_id", "orion_customer_key", "orion_address_key")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """A marketplace's customer may be merged into an ordinary contact, who is then that
        customer: the key, of which there is one, changes hands before it is copied."""
        known = dst_partner if dst_partner.orion_customer_key else src_partners.browse()
        known = known or src_partners.filtered("orion_customer_key")[:1]
        values = {name: known[name] for name in KEYS} if known else {}
        src_partners.write(dict.fromkeys(KEYS, False))
        result = super()._update_values(src_partners, dst_partner)
        if values:
            values["orion_channel_id"] = values["orion_channel_id"].id
            dst_partner.write(values)
        return result
