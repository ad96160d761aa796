"""What is decided by now from columns that rows of before do not have."""

from odoo.tools import SQL


def migrate(cr, version):
    """Variants are in the group that they were published in; sale periods are looked at once."""
    if not version:
        return
    cr.execute(
        SQL(
            """
            UPDATE orion_marketplace_product SET published_group = item_group_id
             WHERE published_group IS NULL AND item_group_id IS NOT NULL
               AND is_product_created AND published_values ? 'variant_price'
            """
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE orion_marketplace_product SET sale_turns_at = now() AT TIME ZONE 'UTC'
             WHERE sale_turns_at IS NULL AND published_at IS NOT NULL AND sale_price > 0
               AND attributes ? 'sale_price_effective_date'
            """
        )
    )
