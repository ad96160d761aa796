from collections import defaultdict

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
        person to judge, and what has no name needs one first.

        :return: True, as all buttons here that only change the screen
        """
        self.ensure_one()
        self._want_new_products(self.group_ids.filtered(lambda group: not group.candidates))
        return True

    def action_create_rest(self):
        """A new product for each row that has none, candidates or not, if it has a name."""
        self.ensure_one()
        self._want_new_products(self.group_ids)
        return True

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
        return True

    def action_continue(self):
        """The next portion; what the screen calls while it shows the progress."""
        self.ensure_one()
        if self.state == "applying":
            self._apply_next()
        elif self.state == "undoing":
            self._undo_next()
        return True

    def action_undo(self):
        """Take all resolutions of this screen back, with what was learned and made for them, and
        what that has resolved; the screen calls again until all are done."""
        self.ensure_one()
        if self.state == "done" and not self.is_undone:
            self.state = "undoing"
            self._undo_next()
        return True

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
        waiting = self.group_ids.filtered(lambda group: group._is_chosen() and not group.is_done)
        portion = waiting._portion("exception_data")
        released = portion._resolve(self.notes)
        self.released_data = [*(self.released_data or ()), *released.ids]
        if portion == waiting:
            self.state = "done"

    def _undo_next(self):
        waiting = self.group_ids.filtered(lambda group: group._can_be_undone())
        portion = waiting._portion("resolved_data")
        portion._undo()
        if portion == waiting:
            self.write({"state": "done", "is_undone": True})


class OrionExceptionBulkGroup(models.TransientModel):
    _inherit = "orion.exception.bulk.group"

    def _portion(self, data):
        """The first of these rows: so many lines as one request should handle, at least a row.

        :param data: name of the field with the ids of the exceptions
        """
        portion, lines = self.browse(), 0
        for group in self:
            more = len(group[data] or ())
            if portion and lines + more > AT_ONCE:
                break
            portion |= group
            lines += more
        return portion

    def _resolve(self, notes):
        """Resolve the exceptions of these rows.

        :return: orders that can be confirmed now
        """
        self._create_products()
        released = self.env["sale.order"]
        for remember, groups in self.filtered("product_id").grouped("remember").items():
            released |= groups._resolve_alike(notes, remember)
        self.is_done = True
        return released

    def _resolve_alike(self, notes, remember):
        all_ids = [one for group in self for one in group.exception_data]
        found = {exception.id: exception for exception in self._exceptions(all_ids)}
        owner = {one: group for group in self for one in group.exception_data if one in found}
        result = self.env["orion.order.exception"]._resolve_many(
            {found[one]: group.product_id for one, group in owner.items()},
            notes=notes or None,
            source="bulk",
            remember=remember,
        )
        skipped = dict(result.skipped)
        for group in self:
            mine = [found[one] for one in group.exception_data if one in found]
            group._write_result(result.resolved.browse([one.id for one in mine]), result, skipped)
        return result.orders_released

    def _write_result(self, exceptions, result, skipped):
        resolved = exceptions & result.resolved
        reasons = {skipped[one] for one in exceptions if one in skipped}
        if self.result:
            reasons.add(self.result)
        if resolved and self.remember and self.other_count:
            reasons.add(
                self.env._(
                    "%(count)s more are resolved by themselves, because it is remembered.",
                    count=self.other_count,
                )
            )
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
        wanted -= wanted._take_made_meanwhile(examples)
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

    def _take_made_meanwhile(self, examples):
        """Take the products that somebody has made of the same GTIN since the rows were shown.

        :return: these rows
        """
        taken = (
            self.env["orion.order.exception"]
            .union(*(examples[group] for group in self))
            ._claim_new_products()
        )
        rows = self.filtered(lambda group: examples[group] in taken)
        for group in rows:
            product = taken[examples[group]]
            group.write(
                {"product_id": product.id, "result": examples[group]._taken_sentence(product)}
            )
        return rows

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

    def _can_be_undone(self):
        """Undo does something about it."""
        self.ensure_one()
        return bool(self.resolved_data or self.is_created) and not self.is_undone

    def _undo(self):
        """Undo what can be undone; the rows say what cannot."""
        result = (self._own_resolutions() | self._matched_by_themselves())._undo_many()
        kept = self._by_row(result.skipped)
        created = self.filtered("is_created")
        used = created._used_products()
        for group in self:
            group._write_undone(kept[group], is_used=group.product_id in used)
        made = created.product_id - used
        created.filtered(lambda group: group.product_id in made).product_id = False
        made._unlink_or_archive()

    def _by_row(self, skipped):
        """`{row: {exception id: sentence}}`; what followed others is with a row of its product."""
        owner = {one: group for group in self for one in group.resolved_data or ()}
        of_product = {group.product_id: group for group in self}
        kept = defaultdict(dict)
        for exception, sentence in skipped:
            row = owner.get(exception.id) or of_product[exception.resolved_product_id]
            kept[row][exception.id] = sentence
        return kept

    def _own_resolutions(self):
        """The exceptions that still are as these rows have resolved them."""
        owner = {one: group for group in self for one in group.resolved_data or ()}
        return self._exceptions(list(owner)).filtered(
            lambda exception: exception.resolved_product_id == owner[exception.id].product_id
        )

    def _matched_by_themselves(self):
        """What has been resolved since only because the products of these rows were made."""
        made = self.filtered("is_created").product_id
        return self.env["orion.order.exception"].search(
            [
                ("status", "=", "resolved"),
                ("resolution_source", "in", ("automatic", "alias")),
                ("resolved_product_id", "in", made.ids),
            ]
        )

    def _used_products(self):
        """Those of these rows' products that are on order lines, whoever put them there."""
        lines = self.env["sale.order.line"].sudo()
        groups = lines._read_group([("product_id", "in", self.product_id.ids)], ["product_id"])
        return self.product_id.browse([product.id for [product] in groups])

    def _write_undone(self, kept, is_used):
        """:param kept: `{exception id: sentence}` of those that stay resolved"""
        self.write(
            {
                "is_undone": True,
                "resolved_data": list(kept),
                "resolved_count": len(kept),
                "is_created": self.is_created and is_used,
                "result": " ".join(sorted(set(kept.values()))[:3]) or self.env._("Undone"),
            }
        )
