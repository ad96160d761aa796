from odoo.tools import SQL

#: Marketplace status of an order that was there before, by Odoo's own state.
STATUS_BY_STATE = {
    "draft": "pending",
    "sent": "pending",
    "sale": "confirmed",
    "cancel": "cancelled",
}


def post_init_hook(env):
    """Orders made in Odoo before belong to their company's storefront, too."""
    companies = env["sale.order"].sudo()._read_group([], ["company_id"])
    for [company] in companies:
        channel = company._orion_storefront()
        for state, status in STATUS_BY_STATE.items():
            env.execute_query(
                SQL(
                    "UPDATE sale_order SET orion_channel_id = %s, orion_status = %s "
                    "WHERE company_id = %s AND state = %s AND orion_channel_id IS NULL "
                    "RETURNING id",
                    channel.id,
                    status,
                    company.id,
                    state,
                )
            )
    env.invalidate_all()
