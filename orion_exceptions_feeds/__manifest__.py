{
    "name": "Orion: Unknown Products from Feeds",
    "summary": "What staged feeds know of unknown products is among their candidates",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_order_exceptions", "orion_marketplace_import"],
    "auto_install": True,
}
