"""What the supplier knows."""
