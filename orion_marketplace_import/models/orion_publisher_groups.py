from odoo import models
from odoo.tools import SQL

from ..lib.publishing.variants import kinds_of
from .orion_publisher_variants import VariantGroup

#: Codes that only one product may have.
CODES = ("barcode", "default_code")


class OrionPublisher(models.AbstractModel):
    """Rows that the feed has put into another variant group since their products were made.

    Odoo cannot move a product to another template. So a template follows when all of its group
    goes; one without variants becomes the first of its new group; a product on which nothing
    depends is made anew where it belongs. What is left stays, and its row says so.
    """

    _inherit = "orion.publisher"

    def _follow_groups(self, batch):
        for row in batch.open_rows():
            row.is_group_left = False
        moved = self._regrouped(batch)
        if not moved:
            return
        products = self._products_of(batch, [row for row, _group in moved])
        homes = self._homes(batch, moved, products)
        left = []
        for row, group in moved:
            template = products[row.id].product_tmpl_id
            is_alone = group is None and len(template.product_variant_ids) == 1
            if is_alone or (group and homes.get(group) == template):
                row.published_group = group
            else:
                left.append(row)
        self._prepare_remaking(batch, left, products)

    def _regrouped(self, batch):
        """`[(row, its group now or None)]` of products that were made in another group, or in
        none."""
        rows = [
            row
            for row in batch.open_rows()
            if row.is_product_created
            and row.id in batch.products
            and (row.item_group_id or None) != row.published_group
        ]
        members = self._group_members(batch, {row.item_group_id for row in rows} - {None, ""})
        found = []
        for row in rows:
            # without attributes the rows of a group are products of their own
            kinds = kinds_of(each["values"] for each in members.get(row.item_group_id, ()))
            group = row.item_group_id if kinds else None
            if group != row.published_group:
                found.append((row, group))
        return found

    # === TEMPLATES THAT FOLLOW === #

    def _homes(self, batch, moved, products):
        """`{group: template}` of these groups, with those that follow a row."""
        homes = self._group_templates(batch, {group for _row, group in moved if group})
        kept = self._groups_kept(batch, {row.published_group for row, _group in moved} - {None})
        first = []
        for row, group in moved:
            template = products[row.id].product_tmpl_id
            if not group or group in homes or template in homes.values():
                continue
            if row.published_group:
                follows = row.published_group not in kept
            else:
                follows = not template.attribute_line_ids and len(template.product_variant_ids) == 1
                if follows:
                    first.append((row, group))
            if follows:
                homes[group] = batch.group_homes[group] = template
        self._become_variants(batch, first, products)
        return homes

    def _groups_kept(self, batch, names):
        """Those of these groups that the feed still has rows of."""
        if not names:
            return set()
        found = self.env.execute_query(
            SQL(
                "SELECT DISTINCT item_group_id FROM orion_marketplace_product WHERE channel_id = %s"
                " AND item_group_id = ANY(%s) AND missing_since IS NULL",
                batch.channel.id,
                list(names),
            )
        )
        return {name for [name] in found}

    def _become_variants(self, batch, first, products):
        """Products without variants become the first ones of these groups; they stay what they are
        in orders and stock.

        :param first: `[(row, group)]`
        """
        if not first:
            return
        members = self._group_members(batch, {group for _row, group in first})
        groups = [
            VariantGroup(
                [row],
                kinds_of(each["values"] for each in members[group]),
                products[row.id].product_tmpl_id,
            )
            for row, group in first
        ]
        self._ensure_values(batch, groups)
        for group in groups:
            [row] = group.rows
            ids = [group.values[pair].id for pair in group.combination(row).items()]
            products[row.id].product_template_attribute_value_ids = [(6, 0, ids)]
            published = dict(row.published_values)
            published["variant_price"] = published.pop("list_price", None)
            row.published_values = {**published, "variant": row.variant_values}
            group.template.invalidate_recordset(["attribute_line_ids"])

    # === PRODUCTS THAT ARE MADE ANEW === #

    def _prepare_remaking(self, batch, rows, products):
        """Rows on whose products nothing depends count as new; the others stay where they are."""
        if not rows:
            return
        depended = self._depended_on(batch, rows, products)
        for row in rows:
            row.is_group_left = row.id in depended
        rows = [row for row in rows if not row.is_group_left]
        for row in rows:
            product = products[row.id]
            codes = {name: product[name] for name in CODES}
            batch.remade[row.id] = (product, codes, row.published_values, row.published_group)
            del batch.products[row.id]
            listing = row.published_values.get("listing")
            row.product_id = row.published_group = None
            row.published_values = {"listing": listing} if listing else {}
        former = self.env["product.product"].union(*(products[row.id] for row in rows))
        former.write(dict.fromkeys(CODES, False))

    def _finish_remaking(self, batch):
        """The listings go to the new products, and the former ones are gone; a row of which none
        could be made keeps its former one."""
        former, done = {}, []
        for row_id, (product, codes, published, group) in batch.remade.items():
            row = batch.rows[row_id]
            if row_id in batch.products:
                former[product] = batch.products[row_id]
                done.append((row_id, product, published))
            else:
                product.write(codes)
                row.product_id, row.published_values = product.id, published
                row.published_group = group
        if not former:
            return
        products = self.env["product.product"].union(*former)
        for listing in self.env["orion.listing"].search(
            [("channel_id", "=", batch.channel.id), ("product_id", "in", products.ids)]
        ):
            listing.product_id = former[listing.product_id]
        self.env["orion.marketplace.product"].browse(row_id for row_id, *_rest in done).write(
            {"image_digest": False, "image_status": False, "image_checksum": False}
        )
        self._hand_on_shared(batch, done)
        products._unlink_or_archive(check_access=False)
        self._release_last(batch)

    def _release_last(self, batch):
        """The last variant of a product need not leave it in order to be none."""
        rows = [row for row in batch.open_rows() if row.is_group_left and not row.item_group_id]
        for row_id, product in self._products_of(batch, rows).items():
            if len(product.product_tmpl_id.product_variant_ids) == 1:
                batch.rows[row_id].is_group_left = False
                batch.rows[row_id].published_group = None

    def _hand_on_shared(self, batch, done):
        """What the variants of a template share came from a row that has left: from now on another
        one gives it."""
        leads = {
            product.product_tmpl_id.id: published
            for _row_id, product, published in done
            if "name" in published
        }
        if not leads:
            return
        heirs = self.env["orion.marketplace.product"].search(
            [
                ("channel_id", "=", batch.channel.id),
                ("is_product_created", "=", True),
                ("product_id.product_tmpl_id", "in", list(leads)),
                ("id", "not in", [row_id for row_id, *_rest in done]),
            ],
            order="id desc",
        )
        for heir in {each.product_id.product_tmpl_id: each for each in heirs}.values():
            published = leads[heir.product_id.product_tmpl_id.id]
            shared = {name: published[name] for name in self._shared_names() if name in published}
            row = batch.rows.get(heir.id)
            if row:
                row.published_values = {**shared, **row.published_values}
            heir.published_values = {**shared, **(heir.published_values or {})}

    def _shared_names(self):
        """Of published values: what the first row of a group gives all its variants."""
        return (
            "name", "description", "taxes", "categ_id", "orion_brand", "orion_mpn", "orion_adult",
        )  # fmt: skip
