def post_init_hook(env):
    """Lines that waited for a product before the addon was there get their exceptions, and
    are matched with what the catalogue has got since."""
    lines = env["sale.order.line"].sudo().search([("orion_needs_product_match", "=", True)])
    lines._orion_sync_exceptions()
    for channel in lines.orion_exception_ids.channel_id:
        channel._request_job("exception_match")
