{
    "name": "Orion: Marketplace Feeds",
    "summary": "Product feeds for marketplaces: write, check, and offer them at a secret address",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_base", "account", "stock"],
    "external_dependencies": {"python": ["openpyxl"]},
    "data": [
        "security/ir.model.access.csv",
        "security/feed_security.xml",
        "wizards/orion_feed_wizard_views.xml",
        "wizards/orion_feed_address_views.xml",
        "views/orion_channel_views.xml",
        "views/product_views.xml",
        "views/orion_feed_menus.xml",
    ],
}
