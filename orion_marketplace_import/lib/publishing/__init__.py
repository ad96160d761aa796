"""From staged rows to products: what is decided without a database."""
