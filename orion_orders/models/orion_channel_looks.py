from datetime import timedelta

from markupsafe import escape

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.orion_base.engine.cursors import hold_rows

from .sale_order_takeover import MOST_LOOKS

LOOK_AGAIN = timedelta(days=1)
#: Orders that the task names.
MOST_NAMES = 10
UNDECIDABLE = "orion_orders.activity_type_undecidable_order"


class OrionChannel(models.Model):
    """Orders that are open here and no longer there, and of which the marketplace does not say
    what became: looked for some times, then daily, with one task for a person."""

    _inherit = "orion.channel"

    # === BUSINESS === #

    def _orders_to_look_for(self, seen, began):
        """External ids of open orders that were not among those `seen` to be open.

        :param began: when the run began; what another one has imported since is on no page that
            this one still reads
        """
        orders = self.env["sale.order"].sudo()
        domain = (
            self._open_orders_domain()
            & Domain("orion_external_id", "not in", seen)
            & Domain("create_date", "<=", began)
            & (
                Domain("orion_vain_looks", "<", MOST_LOOKS)
                | Domain("orion_looked_at", "=", False)
                | Domain("orion_looked_at", "<", fields.Datetime.now() - LOOK_AGAIN)
            )
        )
        return orders.search_fetch(domain, ["orion_external_id"]).mapped("orion_external_id")

    def _note_seen(self, external_ids, decided=False):
        """These orders are on a page of the marketplace, see `sale.order._orion_seen`."""
        noted = (
            Domain("orion_missed_at", "!=", False)
            | Domain("orion_not_found_at", "!=", False)
            | Domain("orion_vain_looks", ">", 0)
        )
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("orion_channel_id", "=", self.id)
                & Domain("orion_external_id", "in", list(external_ids))
                & noted
            )
        )
        # people decide and save the same orders
        hold_rows(orders)
        orders._orion_seen(decided)

    def _note_vain_looks(self, wanted, seen, complete):
        """The marketplace was read for these orders; those that are open still were looked for in
        vain.

        An order that is on no page may have slipped through while the pages moved under our
        hands. So it is only said to be unknown there when two readings agree that went to the end.

        :param wanted: external ids of the orders that were looked for
        :param seen: external ids of those that were met
        :param complete: whether everything was read
        """
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(self._open_orders_domain() & Domain("orion_external_id", "in", list(wanted)))
        )
        hold_rows(orders)
        for looks, group in orders.grouped("orion_vain_looks").items():
            group.write({"orion_vain_looks": looks + 1, "orion_looked_at": fields.Datetime.now()})
        missed = orders.filtered(lambda order: order.orion_external_id not in seen)
        if complete:
            missed._orion_missed()
        reached = orders.filtered(lambda order: order.orion_vain_looks == MOST_LOOKS)
        (orders - missed.filtered("orion_not_found_at"))._orion_undecidable()
        self._tell_of_undecidable(reached)

    def _tell_of_undecidable(self, fresh=None):
        """One task for all orders of which nobody can tell what became; it follows their number,
        and is done when none is left.

        :param fresh: orders that are the reason for a new task, if there is none
        """
        self.ensure_one()
        kind = self.env.ref(UNDECIDABLE)
        task = self.sudo().activity_ids.filtered(lambda one: one.activity_type_id == kind)
        if not task and not fresh:
            return
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(self._open_orders_domain() & Domain("orion_vain_looks", ">=", MOST_LOOKS))
        )
        if not orders:
            task.unlink()
            return
        values = self._prepare_undecidable_task(orders)
        if not task:
            self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                UNDECIDABLE, **values
            )
        elif task[0].summary != values["summary"]:
            task[0].write({name: values[name] for name in ("summary", "note")})

    # === PRIVATE === #

    def _open_orders_domain(self):
        orders = self.env["sale.order"].sudo()
        return Domain("orion_channel_id", "=", self.id) & orders._orion_open_domain()

    def _prepare_undecidable_task(self, orders):
        user = self._person_to_tell()
        env = self.with_context(lang=user.lang).env
        names = ", ".join(
            f"{order.name} ({order.orion_order_number or order.orion_external_id})"
            for order in orders[:MOST_NAMES]
        )
        return {
            "summary": env._(
                "%(channel)s does not say what became of orders: %(count)s",
                channel=self.name,
                count=len(orders),
            ),
            "note": escape(
                env._(
                    "Nobody can tell whether these were accepted or refused: %(orders)s. Open "
                    "them: each says why. Look for them in the marketplace's own screen, or ask "
                    "there. What is void, set to Cancelled and give the reason; the others are "
                    "looked for once a day and follow by themselves.",
                    orders=names + (" …" if len(orders) > MOST_NAMES else ""),
                )
            ),
            "user_id": user.id,
        }
