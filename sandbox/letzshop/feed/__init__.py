"""The merchant's product feeds, one file for each language, and the pictures they name."""
