"""Plain Python of the orders addon: typed, without Odoo imports."""
