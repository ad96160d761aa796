"""A stand-in for Letzshop."""
