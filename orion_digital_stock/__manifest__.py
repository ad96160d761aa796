{
    "name": "Orion: Stock of Digital Keys",
    "summary": "What marketplaces are told of digital products: free keys, and what can be bought",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Orion",
    "category": "Sales/Marketplaces",
    "depends": ["orion_digital_keys", "orion_inventory_sync"],
    "auto_install": True,
}
