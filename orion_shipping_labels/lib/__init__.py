"""Shipping without Odoo: carriers' numbers and label files."""
