"""Plain Python of the Letzshop addon: typed, without Odoo imports."""
