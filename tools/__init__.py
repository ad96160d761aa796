"""Set-up, demo, tests and checks: what `make` calls."""
