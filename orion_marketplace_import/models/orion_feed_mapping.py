from odoo import api, fields, models


class OrionFeedMapping(models.Model):
    """Which column of a channel's feeds fills which field, as a person chose it in the import's
    preview: one for each set of columns."""

    _name = "orion.feed.mapping"
    _description = "Remembered Columns of a Feed"
    _order = "write_date desc, id desc"
    _rec_name = "columns_key"

    channel_id = fields.Many2one(
        "orion.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    columns_key = fields.Char(
        required=True, readonly=True, help="Names of the columns, sorted, one a line."
    )
    mapping = fields.Json(readonly=True, help="Field by column; empty: kept as an attribute.")

    _channel_columns_unique = models.UniqueIndex(
        "(channel_id, md5(columns_key))", "These columns are remembered already."
    )

    @api.model
    def _key(self, columns):
        return "\n".join(sorted(columns))

    @api.model
    def _find(self, channel, columns):
        """The mapping chosen for just these columns, else the last one that was chosen: what it
        says of columns that are not there is not asked for."""
        found = self.sudo().search([("channel_id", "=", channel.id)])
        key = self._key(columns)
        return (found.filtered(lambda one: one.columns_key == key) or found)[:1].mapping

    @api.model
    def _remember(self, channel, columns, mapping):
        """Keep what a person chose; None forgets it."""
        key = self._key(columns)
        known = self.sudo().search(
            [("channel_id", "=", channel.id), ("columns_key", "=", key)], limit=1
        )
        if mapping is None:
            known.unlink()
        elif known:
            known.mapping = mapping
        else:
            self.sudo().create({"channel_id": channel.id, "columns_key": key, "mapping": mapping})
