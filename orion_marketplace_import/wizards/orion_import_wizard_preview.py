from markupsafe import Markup

from odoo import api, models

#: Fields that are shown of the first rows, as far as the feed has them.
_SHOWN = (
    "external_id", "title", "price", "sale_price", "gtin", "brand", "availability", "quantity",
    "tax_rate", "item_group_id", "color", "size", "product_type", "image_link", "platform",
    "regions", "description",
)  # fmt: skip


class OrionImportWizard(models.TransientModel):
    """What the preview of a feed says."""

    _inherit = "orion.import.wizard"

    @api.model
    def _describe(self, found):
        kinds = {
            "table": self.env._("Table"),
            "xml": self.env._("XML"),
            "spreadsheet": self.env._("Spreadsheet"),
        }
        signs = {"\t": self.env._("tab"), ",": ",", ";": ";", "|": "|"}
        parts = [kinds[found.file_format], found.encoding.upper(), signs.get(found.delimiter, "")]
        if found.container in ("gzip", "zip"):
            parts.append(found.container)
        return " · ".join(part for part in parts if part)

    @api.model
    def _preview_table(self, products, errors):
        """The rows as they would be imported, one column a field; errors in red below."""
        model = self.env["orion.marketplace.product"]
        names = [
            name
            for name in _SHOWN
            if any(getattr(row.product, name) not in (None, "", ()) for row in products)
        ]
        labels = model.fields_get(names, ["string", "selection"])
        head = Markup("").join(Markup("<th>%s</th>") % labels[name]["string"] for name in names)
        lines = Markup("").join(
            Markup("<tr><td class='text-muted'>%s</td>%s</tr>")
            % (
                row.number,
                Markup("").join(
                    Markup("<td>%s</td>") % _shown(getattr(row.product, name), labels[name])
                    for name in names
                ),
            )
            for row in products
        )
        lines += Markup("").join(
            Markup("<tr class='text-danger'><td>%s</td><td colspan='%s'>%s</td></tr>")
            % (number, max(1, len(names)), message)
            for number, message in errors
        )
        return Markup(
            '<div class="table-responsive"><table class="table table-sm text-nowrap">'
            "<thead><tr><th>%s</th>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (self.env._("Row"), head, lines)


def _shown(value, field):
    """A value as people read it: words of a selection in their language."""
    value = dict(field.get("selection", ())).get(value, value)
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
