from odoo import api, fields, models


class MailActivity(models.Model):
    """Activities about keys; what people write in those of an order must not hold one."""

    _inherit = "mail.activity"

    orion_company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Whose keys it is about: a product may be shared by companies.",
    )
    orion_key_reason = fields.Char(
        readonly=True, help="Of a purchase of keys: the trouble that it tells of, as a code."
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities.filtered("note")._hide_keys()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if vals.get("note"):
            self._hide_keys()
        return result

    # === PRIVATE === #

    def _hide_keys(self):
        """Before anything is committed."""
        for activity in self.filtered(lambda one: one.res_model == "sale.order"):
            order = self.env["sale.order"].sudo().browse(activity.res_id)
            if order.orion_piece_ids:
                hidden = order._without_keys(activity.note)
                if hidden != activity.note:
                    activity.note = hidden
