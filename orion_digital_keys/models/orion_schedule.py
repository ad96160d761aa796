from odoo import api, fields, models
from odoo.tools import SQL

#: Internal, on the storefront channel: gives keys to what was sold, and sends them.
FULFIL_JOB = "key_fulfilment"
#: On a supplier's channel: buys, and collects what was bought.
PURCHASE_JOB = "key_purchases"
#: Internal, on the storefront channel: begins with orders whose product has become digital.
START_JOB = "key_start"


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[
            (FULFIL_JOB, "Giving of keys"),
            (PURCHASE_JOB, "Purchases of keys"),
            (START_JOB, "Keys of former orders"),
        ],
        ondelete={FULFIL_JOB: "cascade", PURCHASE_JOB: "cascade", START_JOB: "cascade"},
    )

    def write(self, vals):
        """Whether a supplier is asked changes where waiting pieces are bought."""
        result = super().write(vals)
        if "enabled" in vals:
            buying = self.filtered(lambda schedule: schedule.job_type == PURCHASE_JOB)
            buying.channel_id._orion_offers_changed()
        return result

    @api.model
    def _early_start(self):
        """Keys are given as soon as something is sold, and purchases looked at when it is time.

        Only one channel of a company gives keys: the first storefront.
        """
        return SQL(
            """
            LEAST(%(other)s,
                CASE s.job_type
                WHEN %(fulfil)s THEN (
                    SELECT min(piece.try_at) FROM orion_digital_piece piece
                     WHERE piece.company_id = s.company_id AND piece.try_at IS NOT NULL)
                WHEN %(purchase)s THEN LEAST(
                    (SELECT min(piece.buy_at) FROM orion_digital_piece piece
                      WHERE piece.supplier_id = s.channel_id AND piece.buy_at IS NOT NULL
                        AND piece.try_at IS NULL),
                    (SELECT min(bought.check_at) FROM orion_key_purchase bought
                      WHERE bought.channel_id = s.channel_id
                        AND bought.state IN ('waiting', 'preorder')))
                END)
            """,
            other=super()._early_start(),
            fulfil=FULFIL_JOB,
            purchase=PURCHASE_JOB,
        )
