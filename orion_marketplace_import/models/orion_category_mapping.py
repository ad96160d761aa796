import re

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.engine import make_shared


class OrionCategoryMapping(models.Model):
    """Which product category a path in a channel's feeds stands for. Made by publishing, and
    changed by managers."""

    _name = "orion.category.mapping"
    _description = "Feed Category"
    _order = "channel_id, path"
    _rec_name = "path"

    channel_id = fields.Many2one("orion.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    path = fields.Char(string="Category in the Feed", required=True, help="As the feed writes it.")
    category_id = fields.Many2one(
        "product.category",
        string="Product Category",
        required=True,
        ondelete="restrict",
        help="Category of the products that are published. Products that have it from the feed "
        "get the new one when they are published next.",
    )

    _path_unique = models.UniqueIndex(
        "(channel_id, md5(path))", "This category of the channel is mapped already."
    )

    def write(self, vals):
        result = super().write(vals)
        if "category_id" in vals:
            self._mark_products()
        return result

    def _mark_products(self):
        """Products of these categories are changed: publishing has something to write."""
        for channel, mappings in self.grouped("channel_id").items():
            self.env["orion.publisher"].sudo()._mark_changed(
                SQL(
                    "channel_id = %s AND TRIM(COALESCE(NULLIF(product_type, ''),"
                    " google_product_category)) = ANY(%s)",
                    channel.id,
                    mappings.mapped("path"),
                )
            )

    @api.model
    def _categories(self, channel, paths):
        """Ids of the product categories of these paths; missing ones are made.

        :return: `{path: id}`
        """
        found = self._find(channel, paths)
        missing = sorted(set(paths) - found.keys())
        if missing:
            make_shared(self.browse(), "_make", channel.id, missing)
            found = self._find(channel, paths)
        return found

    @api.model
    def _find(self, channel, paths):
        mappings = self.search_fetch(
            [("channel_id", "=", channel.id), ("path", "in", list(paths))], ["path", "category_id"]
        )
        return {mapping.path: mapping.category_id.id for mapping in mappings}

    @api.model
    def _make(self, channel_id, paths):
        """Map paths to the categories of the same names, made where they are missing."""
        channel = self.env["orion.channel"].browse(channel_id)
        known = self._find(channel, paths)
        wanted = {path: self._split(path) for path in paths if path not in known}
        categories = {(): self.env["product.category"]}
        for depth in range(1, max(map(len, wanted.values()), default=0) + 1):
            self._make_level(categories, {names[:depth] for names in wanted.values()}, depth)
        self.create(
            [
                {"channel_id": channel_id, "path": path, "category_id": categories[names].id}
                for path, names in wanted.items()
            ]
        )

    @api.model
    def _make_level(self, categories, paths, depth):
        """Find or make the categories of one depth, below those of the depth above."""
        paths = sorted(path for path in paths if len(path) == depth)
        parents = [categories[path[:-1]].id for path in paths]
        found = self.env["product.category"].search(
            [("parent_id", "in", [*set(parents)])], order="id desc"
        )
        by_name = {(each.parent_id.id, each.name.casefold()): each for each in found}
        missing = {}
        for path in paths:
            key = (categories[path[:-1]].id, path[-1].casefold())
            if key in by_name:
                categories[path] = by_name[key]
            else:
                missing.setdefault(key, []).append(path)
        created = self.env["product.category"].create(
            [{"name": same[0][-1], "parent_id": key[0]} for key, same in missing.items()]
        )
        for same, category in zip(missing.values(), created, strict=True):
            categories.update(dict.fromkeys(same, category))

    @api.model
    def _split(self, path):
        """`("A", "B")` of `A > B`; a path of nothing but signs is one name."""
        names = tuple(name.strip() for name in re.split(r"\s*>\s*", path) if name.strip())
        return names or (path,)
