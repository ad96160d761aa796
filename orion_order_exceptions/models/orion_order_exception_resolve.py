from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.lib.gtin import canonical_gtin, gtin_variants
from odoo.addons.orion_orders.models.orion_order_importer import QUIET

from ..lib.candidates import UnknownProduct
from ..resolve_result import ResolveResult
from .orion_order_exception import OPEN_STATUSES

#: Values of `resolution_source` of those that a person, or a program in a user's name, resolved.
BY_PEOPLE = ("manual", "bulk")


class OrionOrderException(models.Model):
    """Putting the right products on the lines, for many at once."""

    _inherit = "orion.order.exception"

    # === BUSINESS === #

    def _resolve_many(self, product_by_exception, notes=None, source="manual", remember=()):
        """Resolve exceptions, each with its product; what was sold stays as it was.

        One that cannot be resolved stops no other. Of two users who resolve the same ones, the
        second waits here; its transaction is repeated by Odoo and finds them resolved.

        :param product_by_exception: `{exception: product.product}`
        :param notes: text kept on each
        :param source: a value of `resolution_source`
        :param remember: kinds of alias to learn: "gtin", "sku", both or none; True for the one
            that says best what each is, its GTIN or else its SKU
        :return: a `resolve_result.ResolveResult`
        """
        exceptions = self.browse().union(*product_by_exception)
        exceptions._lock_for_resolution()
        skipped = exceptions._find_obstacles(product_by_exception)
        resolved = exceptions - self.browse([exception.id for exception in skipped])
        resolved = resolved.filtered(lambda exception: exception.status in OPEN_STATUSES)
        products = {exception: product_by_exception[exception] for exception in resolved}
        resolved._put_products(products)
        resolved._write_resolution(products, notes, source)
        aliases = resolved._learn(products, remember)
        released = resolved.order_id._orion_release_if_known()
        resolved._log_resolved(notes, source, released)
        return ResolveResult(
            resolved=resolved,
            orders_released=released,
            aliases=aliases,
            skipped=tuple(skipped.items()),
        )

    # === PRIVATE === #

    def _lock_for_resolution(self):
        """Hold the orders, so that of two users who resolve the last exceptions of one order
        the second sees that they were the last; and the exceptions."""
        self.order_id.sudo()._orion_lock()
        hold_rows(self)

    def _find_obstacles(self, product_by_exception):
        """`{exception: sentence}` of those that cannot be resolved like this."""
        problems = {}
        obstacles = {}
        for exception in self:
            product = product_by_exception[exception]
            key = (product, exception.company_id)
            if key not in problems:
                problems[key] = self._product_problem(*key)
            sentence = exception._obstacle(product) or problems[key]
            if sentence:
                obstacles[exception] = sentence
        return obstacles

    def _obstacle(self, product):
        """Why this exception cannot be resolved (any more), or False."""
        self.ensure_one()
        order = self.order_id
        if self.status == "resolved":
            return self.resolved_product_id != product and self._resolved_sentence()
        if order.state == "cancel" or order.orion_is_history:
            return self.env._(
                "%(order)s is cancelled or of the past; its products stay as they are.",
                order=order.name,
            )
        if order.state == "sale":
            return self.env._(
                "%(order)s is confirmed in Odoo already. Add the right product to it, and take "
                "“%(name)s” out.",
                order=order.name,
                name=self.original_product_name,
            )
        return False

    def _resolved_sentence(self):
        names = {"order": self.order_id.name, "user": self.resolved_by.sudo().name}
        if not self.resolved_product_id:
            return self.env._("%(order)s: nobody waits for this product any more.", **names)
        return self.env._(
            "%(order)s: %(user)s has resolved it already, with %(product)s. Undo that first.",
            product=self.resolved_product_id.display_name,
            **names,
        )

    def _product_problem(self, product, company):
        """Why a product cannot be put on orders of a company, or False."""
        product = product.sudo().exists()
        if not product:
            return self.env._("The product does not exist any more. Choose another one.")
        names = {"product": product.display_name, "company": company.sudo().name}
        if product in company.sudo().parent_ids.orion_placeholder_product_id:
            return self.env._(
                "%(product)s only stands for products that nobody knows yet. Choose the product "
                "that was sold.",
                **names,
            )
        if not product.active:
            return self.env._(
                "%(product)s is archived. Unarchive it, or choose another product.", **names
            )
        if product.company_id and product.company_id not in company.sudo().parent_ids:
            return self.env._(
                "%(product)s is no product of %(company)s, which sold it. Choose one of that "
                "company, or of all.",
                **names,
            )
        if not product.sale_ok:
            return self.env._(
                "%(product)s is not for sale. Tick “Sales” on it, or choose another product.",
                **names,
            )
        return False

    def _put_products(self, products):
        """One write for the lines of each product and unit."""
        units = self._sold_units(products)
        groups = defaultdict(list)
        for exception, product in products.items():
            unit = units.get((exception.company_id, product.id, exception.canonical_gtin))
            groups[product, unit].append(exception.order_line_id.id)
        lines = self.env["sale.order.line"].with_context(**QUIET)
        for (product, unit), ids in groups.items():
            lines.browse(ids)._orion_set_product(product, unit)

    def _sold_units(self, products):
        """`{(company, product id, canonical GTIN): uom.uom}` where the sold GTIN is that of a
        packaging that the company knows, and not the product's own."""
        wanted = {
            (exception.company_id, product.id, exception.canonical_gtin)
            for exception, product in products.items()
            if canonical_gtin(product.sudo().barcode) != exception.canonical_gtin
        }
        packagings = (
            self.env["product.uom"]
            .sudo()
            .search_fetch(
                [
                    ("product_id", "in", [id_ for _company, id_, _gtin in wanted]),
                    ("barcode", "in", [v for *_key, g in wanted if g for v in gtin_variants(g)]),
                ],
                ["product_id", "barcode", "uom_id", "company_id"],
            )
        )
        companies = {company for company, _id, _gtin in wanted}
        return {
            (company, pack.product_id.id, canonical_gtin(pack.barcode)): pack.uom_id
            for company in companies
            for pack in packagings
            if not pack.company_id or pack.company_id in company.sudo().parent_ids
        }

    def _write_resolution(self, products, notes, source):
        """Keep who resolved when, how and why; one write a product."""
        groups = defaultdict(list)
        for exception, product in products.items():
            groups[product].append(exception.id)
        if source in BY_PEOPLE:
            self._choose_again(products)
        for product, ids in groups.items():
            self.browse(ids).sudo().write(
                {
                    "status": "resolved",
                    "resolved_product_id": product.id,
                    "resolved_by": self.env.uid,
                    "resolved_at": fields.Datetime.now(),
                    "resolution_notes": notes or False,
                    "resolution_source": source,
                }
            )

    def _choose_again(self, products):
        """What a person chooses now is undone no more; the other products stay undone."""
        undone = self.sudo().filtered("undone_product_ids")
        for product, exceptions in undone.grouped(lambda one: products[one]).items():
            exceptions.write({"undone_product_ids": [Command.unlink(product.id)]})

    def _learn(self, products, remember):
        """Remember products under the GTINs or SKUs that were sold; what was resolved in two
        ways at once is not learned, and what the catalogue knows by itself needs no alias. The
        newest word counts."""
        aliases = self.env["orion.product.alias"]
        said = defaultdict(dict)
        for exception, product in products.items():
            for kind in exception._alias_kinds() if remember is True else remember or ():
                value = exception.canonical_gtin if kind == "gtin" else exception.original_sku
                if value:
                    said[exception.company_id, kind, value].setdefault(product, exception)
        sure = {key: next(iter(by.items())) for key, by in said.items() if len(by) == 1}
        return aliases._remember(sure, self._known_to_catalogue(sure))

    def _known_to_catalogue(self, said):
        """Keys of `said` under which the catalogue has that very product and no other: an alias
        would only turn against it, once the number is another product's. A line with a damaged
        GTIN is matched by an alias of its SKU only, never by the product's."""
        damaged = {
            (exception.company_id, "sku", exception.original_sku)
            for exception in self
            if exception.original_gtin and not exception.canonical_gtin
        }
        owners = defaultdict(set)
        for company in {company for company, _kind, _value in said}:
            unknowns = {
                f"{kind} {value}": UnknownProduct(
                    value if kind == "gtin" else None, value if kind == "sku" else "", ""
                )
                for of_company, kind, value in said
                if of_company == company
            }
            candidates = self.env["orion.product.candidates"]
            for finding in candidates._same_number_findings(company, unknowns):
                owners[company, finding.key].add(finding.product_id)
        return {
            (company, kind, value)
            for (company, kind, value), (product, _exception) in said.items()
            if owners[company, f"{kind} {value}"] == {product.id}
        } - damaged
