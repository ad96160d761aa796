from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.orion_base.rpc import USER, check_caller

from .orion_order_exception import OPEN_STATUSES
from .orion_order_exception_rpc import MOST_REASONS


class OrionOrderException(models.Model):
    """What the screens show, and their buttons."""

    _inherit = "orion.order.exception"

    image_url = fields.Char(related="order_line_id.orion_product_image_url", string="Picture")
    ordered_at = fields.Datetime(related="order_id.date_order", string="Ordered")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    open_quantity = fields.Float(
        related="order_line_id.product_uom_qty",
        string="Pieces",
        help="Pieces to deliver: what the customer ordered, without those that were refused.",
    )
    sold_price = fields.Float(related="order_line_id.orion_price_unit")
    # all three columns of a board, in this order, also the empty ones
    status = fields.Selection(group_expand="_board_statuses")
    number = fields.Char(
        string="GTIN or SKU",
        compute="_compute_number",
        help="The sold GTIN, else the sold SKU.",
    )
    candidates = fields.Json(
        compute="_compute_candidates", help="What it may be, the likeliest first."
    )

    @api.depends("original_gtin", "original_sku")
    def _compute_number(self):
        for exception in self:
            exception.number = exception.original_gtin or exception.original_sku

    @api.model
    def _board_statuses(self, _statuses, _domain):
        return [*OPEN_STATUSES, "resolved"]

    def _compute_candidates(self):
        waiting = self.filtered(lambda exception: exception.status in OPEN_STATUSES)
        (self - waiting).candidates = []
        shown = self.env["orion.product.candidates"]._describe(waiting._rank_candidates())
        for exception in waiting:
            exception.candidates = shown[exception.id]

    # === CRUD === #

    @api.model
    @api.readonly
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None, **kwargs):
        """As everywhere; without `fields` all but the candidates, which are searched for."""
        names = fields or self._cheap_fields()
        return super().search_read(domain, names, offset, limit, order, **kwargs)

    @api.readonly
    def read(self, fields=None, load="_classic_read"):
        """As everywhere; without `fields` all but the candidates, which are searched for."""
        return super().read(fields or self._cheap_fields(), load)

    @api.model
    def _cheap_fields(self):
        return [name for name in self.fields_get(attributes=()) if name != "candidates"]

    # === ACTIONS === #

    def action_resolve(self):
        """One: the dialog. Several: all of them in the bulk screen. None: all that wait."""
        if not self:
            return self.action_resolve_pending()
        waiting = self.filtered(lambda exception: exception.status in OPEN_STATUSES)
        if not waiting:
            raise UserError(
                self.env._(
                    "These exceptions are resolved already. To choose another product, undo the "
                    "resolution first."
                )
            )
        return waiting._open_dialog() if len(waiting) == 1 else self._open_bulk(waiting)

    @api.model
    def action_resolve_pending(self, domain=None):
        """The bulk screen with all that wait, or with those of them that a screen shows.

        :param domain: of the exceptions, such as those of one channel
        """
        pending = Domain(domain or []) & Domain(self._pending_domain())
        return self._open_bulk(self.search(pending))

    def action_open_ignore(self):
        """Ask why these exceptions are left unresolved."""
        return self._open_wizard(
            "orion.exception.ignore", self.env._("Ignore"), {"default_exception_ids": self.ids}
        )

    def action_open_order(self):
        """Open the order of this exception."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_reopen(self):
        """Ignored exceptions wait again."""
        check_caller(self, USER, "write")
        result = self._reopen_many()
        return self._notify_waiting(
            result, self.env._("Exceptions that wait again: %(count)s.", count=len(result.waiting))
        )

    def action_undo(self):
        """Take resolutions back, as long as the orders are not confirmed."""
        check_caller(self, USER, "write")
        result = self._undo_many()
        message = self.env._("Resolutions undone: %(count)s.", count=len(result.waiting))
        if result.followed:
            message += " " + self._followed_sentence(len(result.followed))
        return self._notify_waiting(result, message)

    # === PRIVATE === #

    @api.model
    def _followed_sentence(self, count):
        return self.env._(
            "%(count)s more, which only what was learned had resolved, wait again, too.",
            count=count,
        )

    @api.model
    def _notify_waiting(self, result, message):
        """What came of reopening or undoing: what was done, and why the rest was not.

        :raise UserError: when nothing could be done
        """
        self._check_any(result.waiting, result)
        if result.skipped:
            left = self.env._("%(count)s left as they are:", count=len(result.skipped))
            message = " ".join((message, left, *result.reasons[:MOST_REASONS]))
        if result.confirmed:
            message += " " + self.env._(
                "Came in meanwhile with what was learned, and confirmed already: %(orders)s. "
                "Check them.",
                orders=", ".join(result.confirmed[:MOST_REASONS].mapped("name")),
            )
        is_whole = not result.skipped and not result.confirmed
        return self.env["sale.order"]._orion_notify(message, "success" if is_whole else "warning")

    @api.model
    def _open_bulk(self, exceptions):
        if not exceptions:
            raise UserError(
                self.env._("No product is unknown: there is nothing to resolve right now.")
            )
        return self.env["orion.exception.bulk"]._open_for(exceptions)

    def _open_dialog(self):
        self.ensure_one()
        return self._open_wizard(
            "orion.exception.resolve",
            self.env._("Which product is it?"),
            {"default_exception_id": self.id, "dialog_size": "large"},
        )

    @api.model
    def _open_wizard(self, model, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
