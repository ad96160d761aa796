{
    "name": "Orion: Digital Keys",
    "summary": "Game keys, gift cards, licences: from a pool or bought on demand, each given once",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_orders", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/orion_digital_keys_security.xml",
        "data/ir_cron.xml",
        "data/mail_activity_type_balance.xml",
        "views/orion_channel_balance_views.xml",
    ],
    "post_init_hook": "post_init_hook",
}
