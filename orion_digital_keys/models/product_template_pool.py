from odoo import api, fields, models

from odoo.addons.orion_base.rpc import MANAGER, check_caller


class ProductTemplate(models.Model):
    """The pools of a product's variants."""

    _inherit = "product.template"

    orion_free_key_count = fields.Integer(
        string="Free Keys",
        compute="_compute_orion_free_key_count",
        groups="orion_base.group_orion_user",
    )

    @api.depends("product_variant_ids")
    def _compute_orion_free_key_count(self):
        free = self.product_variant_ids._orion_free_keys(self.env.company)
        for template in self:
            variants = template.product_variant_ids
            template.orion_free_key_count = sum(free.get(one, 0) for one in variants._origin.ids)

    # === ACTIONS === #

    def action_orion_open_keys(self):
        """The keys of all variants."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_digital_key"
        )
        return {**action, "domain": [("product_id.product_tmpl_id", "in", self.ids)], "context": {}}

    def action_orion_open_offers(self):
        """What suppliers ask for the variants, and how many are offered of theirs."""
        variants = self.product_variant_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suppliers' Offers"),
            "res_model": "orion.key.offer",
            "view_mode": "list",
            "domain": [("product_id", "in", variants.ids)],
            "context": {"default_product_id": variants.id} if len(variants) == 1 else {},
        }

    def action_orion_import_keys(self):
        """Import keys of the only variant, or of one to be chosen."""
        self.ensure_one()
        check_caller(self.env["orion.digital.key"], MANAGER, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_key_import"
        )
        variants = self.product_variant_ids
        context = {"default_product_id": variants.id} if len(variants) == 1 else {}
        return {**action, "context": context}
