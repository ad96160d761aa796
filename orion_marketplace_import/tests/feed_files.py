"""Feeds written for tests."""

import csv
import io

from odoo.addons.orion_marketplace_import.lib.reading import iter_chunks

PEN = "04006381333931"


def table(rows, delimiter=",", encoding="utf-8", terminator="\n", **dialect):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=terminator, **dialect).writerows(rows)
    return buffer.getvalue().encode(encoding)


def read_all(path, mapping=None, size=3, **named):
    """All rows and errors of a file."""
    rows, errors = [], []
    for chunk in iter_chunks(path, mapping, size, **named):
        rows.extend(chunk.rows)
        errors.extend(chunk.errors)
    return rows, errors


def products(path, **named):
    rows, errors = read_all(path, **named)
    assert not errors, [error.message for error in errors]
    return [row.product for row in rows]
