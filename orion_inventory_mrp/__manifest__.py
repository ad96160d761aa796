{
    "name": "Orion: Stock of Kits",
    "summary": "Marketplaces are told as many kits as their parts make",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_inventory_sync", "mrp"],
    "auto_install": True,
}
