from odoo import api, fields, models

from odoo.addons.orion_inventory_sync.lib.stock_adapter import ROLE as STOCK


class OrionFeedFile(models.Model):
    """The feed as the way in which Letzshop gets the stock."""

    _inherit = "orion.feed.file"

    stock_changed = fields.Boolean(
        readonly=True,
        help="Quantities have changed since it was written: the next fetch gets them.",
    )
    stock_as_of = fields.Datetime(
        readonly=True, help="The quantities in it are those of this moment, or newer."
    )

    def _is_outdated(self):
        return self.stock_changed or super()._is_outdated()

    @api.model
    def _write_file(self, channel, language, file):
        file = super()._write_file(channel, language, file)
        # what others commit after this transaction began is not in the file
        file.write({"stock_changed": False, "stock_as_of": self.env.cr.now()})
        return file

    def _content_told(self):
        return {**super()._content_told(), "stock_as_of": self.stock_as_of}

    def _note_fetched(self, content, client):
        """Who has fetched the file knows the quantities that were in it."""
        super()._note_fetched(content, client)
        as_of = content["stock_as_of"]
        for channel in self.channel_id.filtered("stock_sync_enabled"):
            adapter = channel._adapter_class(STOCK)
            if as_of and adapter and adapter.is_fetched:
                self.env["orion.listing"]._note_fetched(channel, as_of, fields.Datetime.now())
