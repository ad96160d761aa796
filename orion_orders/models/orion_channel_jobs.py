from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.import_result import ImportResult
from ..lib.order_adapter import ROLE

#: Orders looked for in one go by id.
FETCH_SIZE = 50


class OrionChannel(models.Model):
    """The jobs that read orders: each page is one step, fetched before anything is written."""

    _inherit = "orion.channel"

    def _job_order_import(self, state, parameters):
        """Open orders, then those that other hands have decided meanwhile.

        :param state: `{"phase": "open" or "decided", "cursor": …, "seen": [ids]}`
        :param parameters: `{"external_ids": [ids]}` for just these
        """
        adapter = open_adapter(self, ROLE)
        known = self._known_digests()
        # ends the transaction that read the settings, before anything is fetched
        yield PAUSE
        if parameters.get("external_ids"):
            yield from self._steps_of_ids(adapter, list(parameters["external_ids"]))
            return
        seen = list(state.get("seen") or [])
        if state.get("phase", "open") == "open":
            for page in adapter.iter_open_orders(state.get("cursor"), known):
                seen.extend(order.external_id for order in page.orders)
                seen.extend(page.unchanged)
                result = self._import_order_page(page)
                after = "open" if page.cursor else "decided"
                yield self._order_step(
                    result, {"phase": after, "cursor": page.cursor, "seen": seen}
                )
            state = {}
        yield from self._steps_of_decided(adapter, state.get("cursor"), seen)

    def _job_order_history(self, state, _parameters):
        """Every order the marketplace still knows, as history."""
        adapter = open_adapter(self, ROLE)
        yield PAUSE
        for page in adapter.iter_history(state.get("cursor")):
            result = self._import_order_page(page, history=True)
            yield self._order_step(result, {"cursor": page.cursor})

    # === HOOKS === #

    def _map_order_payload(self, payload, received_at):
        """A kept payload as `OrderData` or `OrderProblem`; channel addons know how.

        :param received_at: naive UTC time the payload came in
        """
        self.ensure_one()
        raise UserError(
            self.env._(
                "%(channel)s cannot read kept payloads. Use “Import again”, which asks the "
                "marketplace.",
                channel=self.name,
            )
        )

    # === PRIVATE === #

    def _steps_of_ids(self, adapter, external_ids):
        """Just these orders; those the marketplace does not know are errors."""
        for start in range(0, len(external_ids), FETCH_SIZE):
            wanted = external_ids[start : start + FETCH_SIZE]
            orders = adapter.fetch_orders(wanted)
            result = self.env["orion.order.importer"]._import_page(self, orders, force=True)
            missing = sorted(set(wanted) - {order.external_id for order in orders})
            result += ImportResult(
                failed=len(missing),
                errors=tuple(
                    {
                        "external_id": external_id,
                        "message": self.env._(
                            "%(channel)s does not know an order %(id)s, or it cannot be read.",
                            channel=self.name,
                            id=external_id,
                        ),
                    }
                    for external_id in missing
                ),
            )
            yield self._order_step(result, {})

    def _steps_of_decided(self, adapter, cursor, seen):
        """Orders that are open here, but no longer there: other hands have decided."""
        missing = self._orders_to_look_for(seen)
        if not missing:
            return
        for page in adapter.iter_decided_orders(missing, cursor):
            result = self._import_order_page(page)
            yield self._order_step(
                result, {"phase": "decided", "cursor": page.cursor, "seen": seen}
            )

    def _orders_to_look_for(self, seen):
        orders = self.env["sale.order"].sudo()
        domain = (
            Domain("orion_channel_id", "=", self.id)
            & orders._orion_open_domain()
            & Domain("orion_external_id", "not in", seen)
        )
        return orders.search_fetch(domain, ["orion_external_id"]).mapped("orion_external_id")

    def _known_digests(self):
        """`{external id: digest of the payload}` of the orders that wait for a decision."""
        orders = self.env["sale.order"].sudo()
        rows = orders.search_fetch(
            [("orion_channel_id", "=", self.id), ("orion_decision", "=", "undecided")],
            ["orion_external_id", "orion_digest"],
            order="id",
        )
        return {order.orion_external_id: order.orion_digest for order in rows}

    def _import_order_page(self, page, history=False):
        result = ImportResult(unchanged=len(page.unchanged))
        importer = self.env["orion.order.importer"]
        if page.orders:
            result += importer._import_page(self, page.orders, history=history)
        return result + importer._import_problems(self, page.problems)

    def _order_step(self, result, state):
        return JobStep(
            processed=result.processed,
            succeeded=result.processed - result.failed,
            failed=result.failed,
            counts=result.counts,
            errors=result.errors,
            state=state,
        )
