"""Helpers of the tests that cross addons."""
