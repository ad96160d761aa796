from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_base.rpc import USER, check_caller

from .orion_order_exception import OPEN_STATUSES

#: Sentences of one error; the rest would not be read.
MOST_REASONS = 5
#: PostgreSQL's int4.
GREATEST_ID = 2**31 - 1


def is_id(value):
    """Whether a value from outside can be the id of a record."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= GREATEST_ID


class OrionOrderException(models.Model):
    """What other programs call."""

    _inherit = "orion.order.exception"

    # === PUBLIC METHODS === #

    def resolve(self, product_id=None, notes=None, remember=False):
        """Put a product on the lines of these exceptions.

        :param product_id: id of a `product.product`; required
        :param notes: text kept with the resolution
        :param remember: whether the sold GTINs, else SKUs, become aliases of the product
        :return: `{"resolved": n}`; those that have this product already are not counted
        :raise UserError: the product cannot be sold there, or none of them can be resolved
        """
        check_caller(self, USER, "write")
        product = self._product_to_put(product_id)
        result = self._resolve_many(
            dict.fromkeys(self, product), self._text(notes, "notes"), remember=bool(remember)
        )
        self._check_any(result.resolved, result)
        return {"resolved": len(result.resolved)}

    def undo(self):
        """Take resolutions back, as long as the orders are not confirmed: the lines wait for
        their products again, and what was learned is forgotten.

        :return: `{"undone": n, "followed": n}`; the second counts others that only what was
            learned had resolved, and that wait again, too
        :raise UserError: none of them can be undone
        """
        check_caller(self, USER, "write")
        result = self._undo_many()
        self._check_any(result.waiting, result)
        return {"undone": len(result.waiting), "followed": len(result.followed)}

    def reopen(self):
        """Ignored exceptions wait again.

        :return: `{"reopened": n}`
        :raise UserError: none of them is ignored
        """
        check_caller(self, USER, "write")
        result = self._reopen_many()
        self._check_any(result.waiting, result)
        return {"reopened": len(result.waiting)}

    def ignore(self, reason=None):
        """Leave these exceptions unresolved on purpose; they go on blocking their orders.

        :param reason: why; required
        :return: `{"ignored": n}`; those that are ignored already are not counted
        :raise UserError: no reason, or all of them are resolved
        """
        check_caller(self, USER, "write")
        reason = (self._text(reason, "reason") or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the exception is ignored: give a reason."))
        self._lock_for_resolution()
        resolved = self.filtered(lambda exception: exception.status == "resolved")
        if resolved and resolved == self:
            raise UserError(" ".join(map(self._resolved_sentence_of, resolved[:MOST_REASONS])))
        pending = self.filtered(lambda exception: exception.status == "pending")
        pending.sudo().write(
            {
                "status": "ignored",
                "resolution_notes": reason,
                "resolved_by": self.env.uid,
                "resolved_at": fields.Datetime.now(),
            }
        )
        pending.order_id._orion_release_if_known()
        pending._log_ignored(reason)
        return {"ignored": len(pending)}

    @api.model
    def bulk_resolve(
        self,
        gtin=None,
        product_id=None,
        notes=None,
        channel_id=None,
        company_id=None,
        remember=False,
    ):
        """Put a product on all pending exceptions with a GTIN.

        :param gtin: in any notation; required
        :param product_id: id of a `product.product`; required
        :param remember: whether the GTIN becomes an alias of the product
        :param channel_id: only this channel; `company_id` likewise
        :return: `{"resolved": n, "orders_released": n}`; zeros when none is pending (any more)
        :raise UserError: the GTIN is none, or the product cannot be sold there
        """
        check_caller(self.browse(), USER, "write")
        canonical = canonical_gtin(gtin) if isinstance(gtin, (str, int, float)) else None
        if not canonical:
            raise UserError(
                self.env._(
                    "“%(gtin)s” is no GTIN: it needs 8, 12, 13 or 14 digits with the right check "
                    "digit. Exceptions without one are resolved by their ids.",
                    gtin=gtin or "",
                )
            )
        product = self._product_to_put(product_id)
        exceptions = self.search(
            Domain(self._pending_domain())
            & Domain("canonical_gtin", "=", canonical)
            & self._scope_domain(channel_id, company_id)
        )
        result = exceptions._resolve_many(
            dict.fromkeys(exceptions, product),
            self._text(notes, "notes"),
            "bulk",
            remember=bool(remember),
        )
        exceptions._check_any(result.resolved, result)
        return {
            "resolved": len(result.resolved),
            "orders_released": len(result.orders_released),
        }

    @api.model
    def get_stats(self, channel_id=None, company_id=None):
        """Counts of exceptions.

        :param channel_id: only this channel; `company_id` likewise
        :return: `{"pending", "resolved", "ignored", "total", "orders_with_exceptions"}`; the
            last one counts the orders that pending and ignored ones block
        """
        check_caller(self.browse(), USER, "read")
        scope = self._scope_domain(channel_id, company_id)
        counts = dict(self._read_group(scope, ["status"], ["__count"]))
        blocked = self._read_group(
            scope & Domain("status", "in", OPEN_STATUSES), [], ["order_id:count_distinct"]
        )
        by_status = {name: counts.get(name, 0) for name in ("pending", "resolved", "ignored")}
        return {
            **by_status,
            "total": sum(by_status.values()),
            "orders_with_exceptions": blocked[0][0],
        }

    # === PRIVATE === #

    @api.model
    def _scope_domain(self, channel_id, company_id):
        domain = Domain.TRUE
        for name, value in (("channel_id", channel_id), ("company_id", company_id)):
            if value and not is_id(value):
                raise UserError(
                    self.env._(
                        "“%(value)s” is no %(name)s. Give the id of one record, or leave it out.",
                        value=value,
                        name=name,
                    )
                )
            if value:
                domain &= Domain(name, "=", value)
        return domain

    @api.model
    def _product_to_put(self, product_id):
        """The product of an id that came from outside.

        :raise UserError: when there is none
        """
        if not product_id:
            raise UserError(
                self.env._(
                    "Say which product it is: give product_id, the id of one product variant."
                )
            )
        if not is_id(product_id):
            raise UserError(
                self.env._(
                    "“%(value)s” is no %(name)s. Give the id of one record, a whole number.",
                    value=product_id,
                    name="product_id",
                )
            )
        product = self.env["product.product"].browse(product_id)
        if not product.exists():
            raise UserError(
                self.env._(
                    "There is no product %(id)s. Give the id of one product variant.",
                    id=product_id,
                )
            )
        product.check_access("read")
        return product

    @api.model
    def _text(self, value, name):
        """A text that came from outside, None when there is none.

        :raise UserError: when it is something else
        """
        if value and not isinstance(value, str):
            raise UserError(
                self.env._("“%(name)s” has to be text, not “%(value)s”.", name=name, value=value)
            )
        return value or None

    @api.model
    def _check_any(self, done, result):
        """:raise UserError: when nothing could be done, with the reasons"""
        if result.skipped and not done:
            raise UserError(" ".join(result.reasons[:MOST_REASONS]))

    @api.model
    def _resolved_sentence_of(self, exception):
        return exception._resolved_sentence()
