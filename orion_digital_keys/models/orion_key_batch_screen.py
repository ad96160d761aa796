from odoo import api, fields, models


class OrionKeyBatch(models.Model):
    """What a batch cost the company, and what is left of it."""

    _inherit = "orion.key.batch"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Own Currency")
    company_unit_cost = fields.Monetary(
        string="Cost in Own Currency",
        currency_field="company_currency_id",
        compute="_compute_company_unit_cost",
        store=True,
        help="Cost of a key at the rate of the day it came in.",
    )
    key_count = fields.Integer(string="Keys", compute="_compute_key_count")
    free_count = fields.Integer(string="Free", compute="_compute_key_count")

    @api.depends("unit_cost", "currency_id", "company_id")
    def _compute_company_unit_cost(self):
        for batch in self:
            currency = batch.currency_id or batch.company_currency_id
            day = batch.create_date or fields.Datetime.now()
            batch.company_unit_cost = currency._convert(
                batch.unit_cost, batch.company_currency_id, batch.company_id, day
            )

    @api.depends("key_ids.state")
    def _compute_key_count(self):
        groups = self.env["orion.digital.key"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        )
        counts = {}
        for batch, state, count in groups:
            counts.setdefault(batch.id, {})[state] = count
        for batch in self:
            found = counts.get(batch.id, {})
            batch.key_count = sum(found.values())
            batch.free_count = found.get("available", 0)

    # === ACTIONS === #

    def action_open_keys(self):
        """The keys of these batches."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_digital_keys.action_orion_digital_key"
        )
        return {**action, "domain": [("batch_id", "in", self.ids)], "context": {}}
