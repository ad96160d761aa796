"""CodesWholesale without Odoo: its API (v3) as it is known, mapped to the suite's records."""
