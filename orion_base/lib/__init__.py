"""Plain Python of the base addon: typed, without Odoo imports."""
