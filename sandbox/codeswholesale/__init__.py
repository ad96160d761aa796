"""A stand-in of CodesWholesale, supplier of keys (API v3)."""
