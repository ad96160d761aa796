def post_init_hook(env):
    """Lines that waited for a product before the addon was there get their exceptions."""
    lines = env["sale.order.line"].sudo().search([("orion_needs_product_match", "=", True)])
    lines._orion_sync_exceptions()
