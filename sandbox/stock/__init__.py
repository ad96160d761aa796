"""Places that take stock: an API with quantities of single products, and drops for files."""
