{
    "name": "Orion: Inventory Sync",
    "summary": "Stock that is never oversold: every change told to the marketplaces",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_base", "stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/orion_inventory_security.xml",
        "data/ir_cron.xml",
        "views/orion_channel_views.xml",
        "views/orion_listing_views.xml",
        "views/orion_sync_log_views.xml",
        "views/product_views.xml",
        "views/orion_inventory_menus.xml",
    ],
}
