def post_init_hook(env):
    """Storefronts that are there already give keys from now on."""
    channels = env["orion.channel"].sudo().search([])
    channels._create_missing_schedules()
