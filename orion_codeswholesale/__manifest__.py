{
    "name": "Orion: CodesWholesale",
    "summary": "Game keys bought at CodesWholesale the moment they are sold",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_digital_keys", "orion_marketplace_import"],
    "data": [
        "views/orion_channel_views.xml",
        "views/orion_marketplace_product_views.xml",
        "views/codeswholesale_menus.xml",
    ],
}
