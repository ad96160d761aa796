from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import MANAGER, check_caller


class OrionPublishLink(models.TransientModel):
    """A manager says which product a staged row is, where numbers do not."""

    _name = "orion.publish.link"
    _description = "Choose the Product of a Staged Row"
    _check_company_auto = True

    marketplace_product_id = fields.Many2one(
        "orion.marketplace.product", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="marketplace_product_id.company_id", store=True)
    problem_text = fields.Char(related="marketplace_product_id.publish_problem_text")
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade"
    )

    def action_apply(self):
        """Publish the row as this product; what stands on the product stays."""
        self.ensure_one()
        row = self.marketplace_product_id
        check_caller(row, MANAGER, "read")
        if row.published_at:
            raise UserError(
                self.env._("This row is published already. Take it back first, then choose.")
            )
        former = row.sudo().search(
            [
                ("channel_id", "=", row.channel_id.id),
                ("product_id", "=", self.product_id.id),
                ("id", "!=", row.id),
            ],
        )
        taken = former.filtered(lambda each: not each._gives_way())[:1]
        if taken:
            raise UserError(
                self.env._(
                    "%(product)s is on this channel already, as the row %(row)s. Choose another "
                    "product.",
                    product=self.product_id.display_name,
                    row=taken.external_id,
                )
            )
        values = {
            "is_product_created": False,
            "published_values": False,
            "published_group": False,
        }
        for each in former:
            values = each._hand_over()
        # the listing of what it was before is nobody's
        listings = row.sudo().with_context(active_test=False).listing_ids
        listings.filtered(
            lambda listing: listing.product_id != self.product_id
        ).marketplace_product_id = False
        row.sudo().write(
            {
                **values,
                "product_id": self.product_id.id,
                "publish_problem": False,
                "is_group_left": False,
            }
        )
        return row.action_publish()
