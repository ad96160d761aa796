"""A mail server that keeps what it gets and sends nothing on."""
