"""A page on which a person watches the quantities change."""

from __future__ import annotations

from html import escape

from ..http.reply import Reply
from .stock_book import StockBook

_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Stock here</title>
<style>body {{ font: 16px sans-serif; margin: 2em }} td, th {{ padding: .3em 1.5em .3em 0;
text-align: left }} td.quantity {{ text-align: right; font-weight: bold }}</style></head>
<body><h1>What this marketplace shows</h1><table><tr><th>SKU</th><th>Pieces</th></tr>
{rows}</table></body></html>
"""


def watch_page(book: StockBook) -> Reply:
    """The quantities as a page that loads itself again each second."""
    rows = "".join(
        f'<tr><td>{escape(sku)}</td><td class="quantity">{quantity}</td></tr>\n'
        for sku, quantity in sorted(book.quantities().items())
    )
    return Reply(body=_PAGE.format(rows=rows).encode(), content_type="text/html; charset=utf-8")
