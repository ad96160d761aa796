"""What the stand-in keeps; field names are the schema's in snake case."""
