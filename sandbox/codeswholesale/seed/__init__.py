"""Where its products come from."""
