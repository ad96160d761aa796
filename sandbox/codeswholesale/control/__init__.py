"""Handles for tests and people."""
