"""JSON fields that programs can read over every protocol."""

from odoo import fields

from .rpc import plain


class ReadableJson(fields.Json):
    """A JSON field whose nulls are read as False by programs: XML-RPC carries no None. Stored, and
    in Python, the data stay as they are."""

    def convert_to_read(self, value, record, use_display_name=True):
        """What `read` and `search_read` answer."""
        return plain(super().convert_to_read(value, record, use_display_name))
