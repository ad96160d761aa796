"""Handles for tests."""
