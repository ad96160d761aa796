"""Writing system parameters where two processes may be the first at the same time."""


def write_parameter(env, key, value):
    """Create or change a system parameter in one statement.

    When two transactions do it at once, the second gets a serialization error and is
    retried by Odoo; `set_param` would end in a uniqueness error instead.
    """
    parameters = env["ir.config_parameter"]
    parameters.flush_model()
    env.cr.execute(
        """
        INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
        VALUES (%s, %s, 1, now() at time zone 'UTC', 1, now() at time zone 'UTC')
        ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, write_date = EXCLUDED.write_date
        """,
        (key, value),
    )
    parameters.invalidate_model()
    env.registry.clear_cache("stable")
