from odoo import models

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_orders.import_batch import ProductMatch


class OrionOrderImporter(models.AbstractModel):
    """What people have said once is known from then on; see docs/architecture.md."""

    _inherit = "orion.order.importer"

    def _quietly(self, channel):
        """What ends exceptions while orders are read was done on the marketplace."""
        importer, channel = super()._quietly(channel)
        return importer.with_context(orion_exception_source="marketplace"), channel

    def _open_catalogue(self, channel, lines):
        """Aliases, and the products behind them, beside the catalogue's own products."""
        catalogue = super()._open_catalogue(channel, lines)
        values = {canonical_gtin(line.gtin) for line in lines} | {
            line.sku.strip() for line in lines
        }
        aliases = self.env["orion.product.alias"]._usable(channel, values - {None, ""})
        for kind, value, product_id, barcode in aliases:
            catalogue.aliases[kind, value] = product_id
            own = canonical_gtin(barcode)
            if own:
                catalogue.gtins[product_id] = own
        return catalogue

    def _match_line(self, line, catalogue):
        """A GTIN's alias, a product's GTIN, a SKU's alias, a product's SKU: in this order."""
        canonical = canonical_gtin(line.gtin)
        claims = catalogue.by_gtin.get(canonical, {})
        said = catalogue.aliases.get(("gtin", canonical))
        if said and (not claims or said in claims):
            return ProductMatch(said, unit_id=claims.get(said), learned=True)
        if said:
            return ProductMatch(problem="duplicate_gtin")
        said = catalogue.aliases.get(("sku", line.sku.strip()))
        if claims or not said:
            return super()._match_line(line, catalogue)
        match = self._match_unless_other_gtin(said, canonical, catalogue)
        return match if match.problem else ProductMatch(said, learned=True)

    def _prepare_line_values(self, batch, data, line):
        values = super()._prepare_line_values(batch, data, line)
        values["orion_learned"] = batch.matches[data.external_id, line.external_id].learned
        return values

    def _match_corrected(self, channel, corrected):
        """Their exceptions are resolved, so that people see by what; an ignored one was ignored
        under another name or number, so it waits again."""
        order_lines = self.env["sale.order.line"].union(*corrected)
        exceptions = order_lines.orion_exception_ids
        ignored = exceptions.filtered(lambda one: one.status == "ignored")
        if ignored:
            ignored._wait_again()
            ignored._log_reopened()
        pending = exceptions.filtered(lambda one: one.status == "pending")
        pending.undone_product_ids = False
        pending._match_again(channel)
        rest = {
            order_line: line
            for order_line, line in corrected.items()
            if order_line not in pending.order_line_id
        }
        if rest:
            super()._match_corrected(channel, rest)
