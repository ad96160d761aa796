from odoo import fields, models


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[
            ("feed_import", "Feed import"),
            ("publish", "Publishing"),
            ("publish_images", "Product images"),
        ],
        ondelete={
            "feed_import": "cascade",
            "publish": "cascade",
            "publish_images": "cascade",
        },
    )
