from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..lib.product_data import VARIANT_FIELDS
from ..lib.publishing.variants import combination, common_title, kinds_of


@dataclass
class VariantGroup:
    """Rows that become variants of one product.

    :param kinds: fields that tell them apart
    :param template: that product; empty before it is made
    :param values: `{(kind, value): product.template.attribute.value}` of the template
    """

    rows: list
    kinds: tuple
    template: object
    titles: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)

    def combination(self, row):
        """A value of each kind."""
        return combination(row.variant_values, self.kinds)


class OrionPublisher(models.AbstractModel):
    """Variants: one product for each `item_group_id`, made of the rows that are there, never of
    all combinations; later rows are added to it."""

    _inherit = "orion.publisher"

    def _split_groups(self, batch, rows):
        """`(rows without variants, {group id: VariantGroup})`."""
        ids = {row.item_group_id for row in rows if row.item_group_id}
        members = self._group_members(batch, ids)
        templates = self._group_templates(batch, ids)
        plain, groups = [], {}
        for row in rows:
            name = row.item_group_id
            kinds = kinds_of(each["values"] for each in members.get(name, ()))
            if not kinds:
                plain.append(row)
                continue
            if name not in groups:
                template = templates.get(name, self.env["product.template"])
                groups[name] = VariantGroup([], kinds, template, self._group_titles(members[name]))
            groups[name].rows.append(row)
        return plain, groups

    def _group_members(self, batch, ids):
        """All staged rows of these groups, published or not."""
        members = defaultdict(list)
        if not ids:
            return members
        names = SQL(", ").join(map(SQL.identifier, VARIANT_FIELDS))
        for each in self.env.execute_query_dict(
            SQL(
                "SELECT item_group_id, texts, %s FROM orion_marketplace_product"
                " WHERE channel_id = %s AND item_group_id = ANY(%s) ORDER BY id",
                names,
                batch.channel.id,
                list(ids),
            )
        ):
            each["values"] = {
                name: each[name].strip() for name in VARIANT_FIELDS if (each[name] or "").strip()
            }
            members[each["item_group_id"]].append(each)
        return members

    def _group_templates(self, batch, ids):
        """Products that publishing has made for these groups, or that they take over now."""
        if not ids:
            return {}
        found = self.env.execute_query(
            SQL(
                "SELECT s.published_group, min(p.product_tmpl_id)"
                " FROM orion_marketplace_product s JOIN product_product p ON p.id = s.product_id"
                " WHERE s.channel_id = %s AND s.published_group = ANY(%s) AND s.is_product_created"
                " GROUP BY 1",
                batch.channel.id,
                list(ids),
            )
        )
        templates = {
            name: self.env["product.template"].browse(found_id) for name, found_id in found
        }
        return {**templates, **batch.group_homes}

    def _group_titles(self, members):
        """`{ISO 639-1: title}` of the product that these rows are variants of."""
        titles = defaultdict(list)
        for each in members:
            for code, texts in (each["texts"] or {}).items():
                titles[code].append(texts.get("title") or "")
        return {code: common_title(found) for code, found in titles.items()}

    # === CREATING === #

    def _create_variants(self, batch, groups):
        """Products and variants of these groups; each step for all of them at once."""
        if not groups:
            return
        for group in groups.values():
            if group.template:
                self._read_template(group)
                self._refuse_new_kinds(batch, group)
        texts = self._create_templates(batch, [g for g in groups.values() if not g.template])
        self._refuse_same(batch, groups.values())
        self._ensure_values(batch, groups.values())
        self._create_variant_products(batch, groups.values())
        self._write_texts(texts)
        self._price_variants(
            batch, {group.template.id for group in groups.values() if group.template}
        )

    def _read_template(self, group):
        kinds = self.env["product.attribute"]._orion_kinds(
            group.template.attribute_line_ids.attribute_id
        )
        for line in group.template.attribute_line_ids:
            kind = kinds.get(line.attribute_id.id)
            if not kind:
                continue
            group.lines[kind] = line
            for value in line.product_template_value_ids.filtered("ptav_active"):
                group.values[kind, value.product_attribute_value_id.name] = value
        group.known_kinds = tuple(name for name in VARIANT_FIELDS if name in group.lines)

    def _refuse_new_kinds(self, batch, group):
        """An attribute that the product has not cannot be given to its further variants."""
        kinds = tuple(name for name in VARIANT_FIELDS if name in group.lines)
        left = []
        for row in group.rows:
            new = [name for name in row.variant_values if name not in kinds]
            if new:
                batch.note(row, "new_attribute", value=", ".join(new))
            else:
                left.append(row)
        group.rows, group.kinds = left, kinds

    def _create_templates(self, batch, groups):
        """The products of new groups, without variants yet; answers their texts."""
        groups = [group for group in groups if group.rows]
        if not groups:
            return {}
        values = []
        for group in groups:
            lead = group.rows[0]
            name = self._in_languages(group.titles).get("en_US")
            values.append({**self._template_values(batch, lead), "name": name})
        templates = (
            self.env["product.template"].with_context(create_product_product=False).create(values)
        )
        texts = {}
        for group, template, written in zip(groups, templates, values, strict=True):
            lead = group.rows[0]
            names = self._in_languages(group.titles)
            descriptions = self._in_languages(lead.descriptions())
            group.template = template
            texts[template.id] = (names, descriptions)
            batch.values[lead.id] = self._published(written, names, descriptions)
        return texts

    def _refuse_same(self, batch, groups):
        """Of two variants with the same attributes the first stays."""
        for group in groups:
            seen = {
                tuple(sorted(variant.product_template_attribute_value_ids.ids))
                for variant in group.template.product_variant_ids
            }
            left, new = [], set()
            for row in group.rows:
                pairs = tuple(group.combination(row).items())
                known = [group.values[pair].id for pair in pairs if pair in group.values]
                if pairs in new or (len(known) == len(pairs) and tuple(sorted(known)) in seen):
                    batch.note(row, "same_variant", value=", ".join(v for _kind, v in pairs))
                    continue
                new.add(pairs)
                left.append(row)
            group.rows = left

    def _ensure_values(self, batch, groups):
        """Each product has a line of each kind, with the values that its rows need."""
        needed = {
            pair
            for group in groups
            for row in group.rows
            for pair in group.combination(row).items()
        }
        if not needed:
            return
        attributes = self.env["product.attribute"]._orion_values(needed)
        quiet = {"create_product_product": False, "update_product_template_attribute_values": False}
        lines = self.env["product.template.attribute.line"].with_context(**quiet)
        self._create_lines(groups, attributes, lines)
        missing = [
            (group, pair, attributes[pair])
            for group in groups
            for pair in self._missing_values(group)
        ]
        for group, (kind, _value), value in missing:
            line = group.lines[kind].with_context(**quiet)
            if value not in line.value_ids:
                line.write({"value_ids": [(4, value.id)]})
        created = self.env["product.template.attribute.value"].create(
            [
                {"attribute_line_id": group.lines[kind].id, "product_attribute_value_id": value.id}
                for group, (kind, _value), value in missing
            ]
        )
        for (group, pair, _value), each in zip(missing, created, strict=True):
            group.values[pair] = each

    def _create_lines(self, groups, attributes, lines):
        values, places = [], []
        for group in groups:
            wanted = defaultdict(set)
            for kind, value in self._missing_values(group):
                wanted[kind].add(attributes[kind, value].id)
            for kind in group.kinds:
                if kind not in group.lines and wanted[kind]:
                    places.append((group, kind))
                    values.append(
                        {
                            "product_tmpl_id": group.template.id,
                            "attribute_id": attributes[
                                next(pair for pair in attributes if pair[0] == kind)
                            ].attribute_id.id,
                            "value_ids": [(6, 0, sorted(wanted[kind]))],
                        }
                    )
        for (group, kind), line in zip(places, lines.create(values), strict=True):
            group.lines[kind] = line

    def _missing_values(self, group):
        pairs = {pair for row in group.rows for pair in group.combination(row).items()}
        return sorted(pair for pair in pairs if pair not in group.values)

    def _create_variant_products(self, batch, groups):
        rows, values = [], []
        for group in groups:
            for row in group.rows:
                ids = [group.values[pair].id for pair in group.combination(row).items()]
                rows.append((group, row))
                values.append(
                    {
                        "product_tmpl_id": group.template.id,
                        "product_template_attribute_value_ids": [(6, 0, ids)],
                        **self._variant_values(batch, row),
                    }
                )
        products = self.env["product.product"].create(values)
        for (_group, row), product, written in zip(rows, products, values, strict=True):
            batch.products[row.id] = product.id
            batch.created.add(row.id)
            row.published_group = row.item_group_id
            written["gross"] = float(self._gross(batch, row, row.price))
            batch.values[row.id] = {
                **batch.values.get(row.id, {}),
                **self._published(written, {}, {}),
                "variant": row.variant_values,
            }
