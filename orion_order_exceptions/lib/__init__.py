"""Plain Python of the exceptions addon: typed, without Odoo imports."""
