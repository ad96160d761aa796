{
    "name": "Orion: Order Exceptions",
    "summary": "Unknown products never stop an order: resolve them in bulk, learn, match again",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_orders"],
    "external_dependencies": {"python": ["rapidfuzz"]},
    "data": [
        "security/ir.model.access.csv",
        "security/orion_order_exceptions_security.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
    ],
    "post_init_hook": "post_init_hook",
}
