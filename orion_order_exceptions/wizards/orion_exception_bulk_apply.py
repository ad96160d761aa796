from odoo import models
from odoo.exceptions import UserError, ValidationError

from ..models.orion_order_exception import OPEN_STATUSES

#: Order lines of one request: a few seconds of work, then the screen shows how far it is.
AT_ONCE = 400


class OrionExceptionBulk(models.TransientModel):
    """Apply, in portions that are complete in themselves, and Undo."""

    _inherit = "orion.exception.bulk"

    # === ACTIONS === #

    def action_create_missing(self):
        """A new product for each row to which nothing comes near; what has candidates is for a
        person to judge, and what has no name needs one first."""
        self.ensure_one()
        self._want_new_products(self.group_ids.filtered(lambda group: not group.candidates))

    def action_create_rest(self):
        """A new product for each row that has none, candidates or not, if it has a name."""
        self.ensure_one()
        self._want_new_products(self.group_ids)

    def action_apply(self):
        """Resolve the rows with a product; the screen calls again until all are done."""
        self.ensure_one()
        chosen = self.group_ids.filtered(lambda group: group._is_chosen() and not group.is_done)
        if not chosen:
            raise UserError(
                self.env._(
                    "No row has a product yet. Choose one, or tick “New” to make it from what was "
                    "sold."
                )
            )
        if any(not group.product_id for group in chosen):
            self.env["orion.order.exception"]._check_may_create_products()
        self._check_names(chosen)
        self.state = "applying"
        self._apply_next()

    def action_continue(self):
        """The next portion; what the screen calls while it shows the progress."""
        self.ensure_one()
        if self.state == "applying":
            self._apply_next()

    def action_undo(self):
        """Take all resolutions of this screen back, with what was learned and made for them."""
        self.ensure_one()
        groups = self.group_ids.filtered(lambda group: group.resolved_data or group.is_created)
        groups._undo()
        self.is_undone = True

    def action_open_released(self):
        """The orders that can be confirmed now, to confirm them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("orion_orders.action_orion_order"),
            "domain": [("id", "in", self.released_data or [])],
            "context": {},
        }

    def action_close(self):
        """Back to the exceptions."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_order_exceptions.action_orion_order_exception"
            ),
            "target": "main",
        }

    # === PRIVATE === #

    def _want_new_products(self, groups):
        self.env["orion.order.exception"]._check_may_create_products()
        groups.filtered(
            lambda group: not group._is_chosen() and not group.is_nameless
        ).create_product = True

    def _check_names(self, groups):
        if any(group._lacks_name() for group in groups):
            raise UserError(
                self.env._(
                    "The marketplace gave no name for some of the new products. Type one in the "
                    "column “Sold As”, or untick “New”."
                )
            )

    def _apply_next(self):
        portion = self.group_ids.browse()
        lines = 0
        waiting = self.group_ids.filtered(lambda group: group._is_chosen() and not group.is_done)
        for group in waiting:
            if portion and lines + len(group.exception_data) > AT_ONCE:
                break
            portion |= group
            lines += len(group.exception_data)
        released = portion._resolve(self.notes)
        self.released_data = [*(self.released_data or ()), *released.ids]
        if portion == waiting:
            self.state = "done"


class OrionExceptionBulkGroup(models.TransientModel):
    _inherit = "orion.exception.bulk.group"

    def _resolve(self, notes):
        """Resolve the exceptions of these rows.

        :return: orders that can be confirmed now
        """
        self._create_products()
        released = self.env["sale.order"]
        for kinds, groups in (
            self.filtered("product_id").grouped(lambda group: group._kinds()).items()
        ):
            released |= groups._resolve_alike(notes, kinds)
        self.is_done = True
        return released

    def _kinds(self):
        """What is remembered of this row, as `_resolve_many` wants it."""
        self.ensure_one()
        return (self.alias_kind,) if self.remember and self.alias_kind else ()

    def _resolve_alike(self, notes, kinds):
        all_ids = [one for group in self for one in group.exception_data]
        found = {exception.id: exception for exception in self._exceptions(all_ids)}
        owner = {one: group for group in self for one in group.exception_data if one in found}
        result = self.env["orion.order.exception"]._resolve_many(
            {found[one]: group.product_id for one, group in owner.items()},
            notes=notes or None,
            source="bulk",
            remember=kinds,
        )
        skipped = dict(result.skipped)
        for group in self:
            mine = [found[one] for one in group.exception_data if one in found]
            group._write_result(result.resolved.browse([one.id for one in mine]), result, skipped)
        return result.orders_released

    def _write_result(self, exceptions, result, skipped):
        resolved = exceptions & result.resolved
        reasons = {skipped[one] for one in exceptions if one in skipped}
        self.write(
            {
                "resolved_data": resolved.ids,
                "resolved_count": len(resolved),
                "skipped_count": len(self.exception_data) - len(resolved),
                "result": " ".join(sorted(reasons)[:3]),
            }
        )

    # === NEW PRODUCTS === #

    def _create_products(self):
        """Make the products of the rows that want a new one; a row that fails stops no other."""
        wanted = self.filtered(lambda group: not group.product_id and group.create_product)
        if not wanted:
            return
        examples = wanted._open_examples()
        settled = wanted - self.browse([group.id for group in examples])
        for group in settled:
            group.write(
                {
                    "result": self.env._(
                        "All its lines were settled meanwhile, so no product was made."
                    ),
                    "skipped_count": len(group.exception_data),
                }
            )
        wanted -= settled
        try:
            with self.env.cr.savepoint():
                wanted._create_together(examples)
        except (UserError, ValidationError):
            for group in wanted:
                group._create_alone(examples)

    def _open_examples(self):
        """`{row: its newest exception that is still open}`, of the rows that have one."""
        exceptions = self._exceptions([one for group in self for one in group.exception_data])
        still_open = exceptions.filtered(lambda exception: exception.status in OPEN_STATUSES)
        by_id = {exception.id: exception for exception in still_open}
        found = {
            group: next((by_id[one] for one in group.exception_data if one in by_id), None)
            for group in self
        }
        return {group: exception for group, exception in found.items() if exception}

    def _create_together(self, examples):
        products = self.env["product.product"].create(
            [group._prepare_product_values(examples[group]) for group in self]
        )
        for group, product in zip(self, products, strict=True):
            group.write({"product_id": product.id, "is_created": True})

    def _prepare_product_values(self, example):
        values = example._prepare_product_values()
        return {**values, "name": self.name.strip()} if self.is_nameless else values

    def _create_alone(self, examples):
        try:
            with self.env.cr.savepoint():
                self._create_together(examples)
        except (UserError, ValidationError) as error:
            self.write({"result": str(error), "skipped_count": len(self.exception_data)})

    # === UNDO === #

    def _undo(self):
        """Undo what can be undone; the rows say what cannot."""
        exceptions = self._exceptions([one for group in self for one in group.resolved_data or ()])
        kept = {}
        try:
            with self.env.cr.savepoint():
                exceptions._undo_resolution()
        except UserError:
            kept = self._undo_order_by_order(exceptions)
        used = self._used_products()
        for group in self:
            mine = {one: kept[one] for one in group.resolved_data or () if one in kept}
            group._write_undone(mine, is_used=group.product_id in used)

    def _used_products(self):
        """Those of these rows' new products that are on order lines, whoever put them there."""
        created = self.filtered("is_created").product_id
        lines = self.env["sale.order.line"].sudo()
        groups = lines._read_group([("product_id", "in", created.ids)], ["product_id"])
        return created.browse([product.id for [product] in groups])

    def _undo_order_by_order(self, exceptions):
        """`{exception id: sentence}` of those that stay resolved."""
        kept = {}
        for of_order in exceptions.grouped("order_id").values():
            sentence = self._undo_one_order(of_order)
            if sentence:
                kept.update(dict.fromkeys(of_order.ids, sentence))
        return kept

    def _undo_one_order(self, exceptions):
        try:
            with self.env.cr.savepoint():
                exceptions._undo_resolution()
        except UserError as error:
            return str(error)
        return ""

    def _write_undone(self, kept, is_used):
        if self.is_created and not is_used:
            product = self.product_id
            self.write({"product_id": False})
            product._unlink_or_archive()
        self.write(
            {
                "resolved_data": list(kept),
                "resolved_count": len(kept),
                "is_created": self.is_created and is_used,
                "result": " ".join(sorted(set(kept.values()))[:3]) or self.env._("Undone"),
            }
        )
