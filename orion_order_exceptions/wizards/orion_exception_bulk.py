from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command


class OrionExceptionBulk(models.TransientModel):
    """Many unknown products on one screen: one row a product, however many orders have it.

    Nothing is written to orders or products before Apply. The rows keep the ids of their
    exceptions, so that thousands of order lines are no rows of the screen.
    """

    _name = "orion.exception.bulk"
    _description = "Resolve Unknown Products"
    _rec_name = "title"

    title = fields.Char(compute="_compute_title")
    state = fields.Selection(
        [
            ("choose", "Choose"),
            ("applying", "Applying"),
            ("done", "Done"),
            ("undoing", "Undoing"),
        ],
        default="choose",
        required=True,
        readonly=True,
    )
    group_ids = fields.One2many("orion.exception.bulk.group", "bulk_id", string="Products")
    order_count = fields.Integer(string="Orders", readonly=True)
    line_count = fields.Integer(string="Order Lines", readonly=True)
    product_count = fields.Integer(compute="_compute_chosen_count")
    chosen_count = fields.Integer(compute="_compute_chosen_count")
    open_count = fields.Integer(compute="_compute_chosen_count")
    doubtful_count = fields.Integer(
        compute="_compute_chosen_count", help="Rows with candidates, of which none is chosen."
    )
    blank_count = fields.Integer(
        compute="_compute_chosen_count",
        help="Rows with a name, without candidates and without a choice.",
    )
    proposed_count = fields.Integer(
        readonly=True, help="Rows whose product was chosen when the screen was opened."
    )
    progress = fields.Integer(compute="_compute_progress", help="Percent of the rows.")
    can_create_product = fields.Boolean(compute="_compute_can_create_product")
    notes = fields.Char(help="Kept with each resolution.")
    resolved_count = fields.Integer(compute="_compute_results", string="Resolved")
    skipped_count = fields.Integer(compute="_compute_results", string="Left as They Are")
    created_count = fields.Integer(compute="_compute_results", string="New Products")
    released_data = fields.Json(readonly=True, help="Ids of the orders that are released.")
    released_count = fields.Integer(string="Orders Released", compute="_compute_released_count")
    is_undone = fields.Boolean(readonly=True)

    # === COMPUTE === #

    @api.depends("line_count")
    def _compute_title(self):
        for bulk in self:
            bulk.title = self.env._("Resolve unknown products")

    @api.depends("group_ids.product_id", "group_ids.create_product")
    def _compute_chosen_count(self):
        for bulk in self:
            still_open = bulk.group_ids.filtered(lambda group: not group._is_chosen())
            doubtful = still_open.filtered("candidates")
            bulk.product_count = len(bulk.group_ids)
            bulk.chosen_count = len(bulk.group_ids) - len(still_open)
            bulk.open_count = len(still_open)
            bulk.doubtful_count = len(doubtful)
            bulk.blank_count = len(
                (still_open - doubtful).filtered(lambda row: not row.is_nameless)
            )

    @api.depends("state", "group_ids.is_done", "group_ids.is_undone")
    def _compute_progress(self):
        for bulk in self:
            if bulk.state == "undoing":
                done = bulk.group_ids.filtered("is_undone")
                all_rows = done | bulk.group_ids.filtered(lambda group: group._can_be_undone())
            else:
                all_rows = bulk.group_ids.filtered(lambda group: group._is_chosen())
                done = all_rows.filtered("is_done")
            bulk.progress = 100 * len(done) // len(all_rows) if all_rows else 100

    @api.depends("released_data")
    def _compute_released_count(self):
        for bulk in self:
            bulk.released_count = len(bulk.released_data or ())

    def _compute_can_create_product(self):
        self.can_create_product = self.env["product.product"].has_access("create")

    @api.depends("group_ids.resolved_count", "group_ids.skipped_count", "group_ids.is_created")
    def _compute_results(self):
        for bulk in self:
            bulk.resolved_count = sum(bulk.group_ids.mapped("resolved_count"))
            bulk.skipped_count = sum(bulk.group_ids.mapped("skipped_count"))
            bulk.created_count = len(bulk.group_ids.filtered("is_created"))

    # === BUSINESS === #

    @api.model
    def _open_for(self, exceptions):
        """The action that shows `exceptions`, grouped by product."""
        bulk = self.create(self._prepare_values(exceptions))
        return {
            "type": "ir.actions.act_window",
            "name": bulk.title,
            "res_model": self._name,
            "res_id": bulk.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _prepare_values(self, exceptions):
        groups = defaultdict(exceptions.browse)
        for exception in exceptions:
            groups[exception._group_key()] |= exception
        # The newest says best what is sold today, and its price.
        examples = exceptions.union(*(group[:1] for group in groups.values()))
        rankings = examples._rank_candidates()
        shown = self.env["orion.product.candidates"]._describe(rankings)
        waiting = exceptions._count_pending_by_key()
        rows = [
            {
                **self._prepare_group(group),
                **self._prepare_remember(group, waiting.get(key, 0)),
                "candidates": shown[group[0].id],
                "product_id": rankings[group[0].id].proposal,
            }
            for key, group in groups.items()
        ]
        rows.sort(key=self._row_order)
        return {
            "order_count": len(exceptions.order_id),
            "line_count": len(exceptions),
            "proposed_count": len([row for row in rows if row["product_id"]]),
            "group_ids": [
                Command.create({**row, "sequence": place}) for place, row in enumerate(rows)
            ],
        }

    @api.model
    def _row_order(self, row):
        """What Apply would do comes first, to be looked at; then what has candidates to judge."""
        place = 0 if row["product_id"] else 1 if row["candidates"] else 2
        return place, -row["order_count"], row["name"]

    @api.model
    def _prepare_group(self, exceptions):
        example = exceptions[0]
        company = example.company_id
        return {
            "company_id": company.id,
            "exception_type": example.exception_type,
            "name": example._sold_name(),
            "number": example.number or self._where_it_is(example),
            "image_url": example.image_url,
            "exception_data": exceptions.ids,
            "order_count": len(exceptions.order_id),
            "quantity": sum(exceptions.mapped("open_quantity")),
            "amount_total": self._in_company_currency(exceptions),
            "is_nameless": not example._sold_name(),
        }

    @api.model
    def _prepare_remember(self, exceptions, waiting):
        """What is remembered resolves all that wait for the product: by itself only where they
        all are in the row.

        :param waiting: how many exceptions of the product are pending
        """
        kinds = exceptions[0]._alias_kinds()
        mine = len(exceptions.filtered(lambda exception: exception.status == "pending"))
        others = max(waiting - mine, 0)
        return {
            "alias_kind": "".join(kinds),
            "other_count": others if kinds else 0,
            "remember": bool(kinds) and not others,
        }

    @api.model
    def _where_it_is(self, exception):
        """Of a line of which nothing is known: the order in which a person may look."""
        if exception._sold_name():
            return False
        return self.env._("in order %(order)s", order=exception.order_id.name)

    @api.model
    def _in_company_currency(self, exceptions):
        company = exceptions.company_id
        today = fields.Date.context_today(self)
        return sum(
            currency._convert(
                sum(those.mapped("amount_total")), company.currency_id, company, today
            )
            for currency, those in exceptions.grouped("currency_id").items()
        )
