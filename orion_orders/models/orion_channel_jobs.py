from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.orion_base.adapters import open_adapter
from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_base.sentences import message_entry

from ..lib.import_result import ImportResult
from ..lib.order_adapter import ROLE
from ..lib.order_pages import merge_unchanged

_lt = Sentences(__name__)
#: How often an order that the marketplace no longer knows is looked for.
LOOK_AGAIN = timedelta(days=1)
_KNOWN = ("orion_external_id", "orion_digest")


class OrionChannel(models.Model):
    """The jobs that read orders: each page is one step, fetched before anything is written."""

    _inherit = "orion.channel"

    def _job_order_import(self, state, parameters):
        """Open orders, then those that other hands have decided meanwhile.

        :param state: `{"phase": "open" or "decided", "cursor": …, "seen": [ids], "began": time}`
        :param parameters: `{"external_ids": [ids]}` for just these
        """
        adapter = open_adapter(self, ROLE)
        known = self._known_digests()
        began = state.get("began") or fields.Datetime.to_string(self.env.cr.now())
        # ends the transaction that read the settings, before anything is fetched
        yield PAUSE
        if parameters.get("external_ids"):
            yield from self._steps_of_ids(adapter, parameters["external_ids"], state)
            return
        seen = list(state.get("seen") or [])
        if state.get("phase", "open") == "open":
            for page in merge_unchanged(adapter.iter_open_orders(state.get("cursor"), known)):
                found = _ids_of(page)
                seen.extend(found)
                self._forget_not_found(found)
                result = self._import_order_page(page)
                after = "open" if page.cursor else "decided"
                going_on = {"phase": after, "cursor": page.cursor, "seen": seen, "began": began}
                yield self._order_step(result, going_on)
            state = {}
        yield from self._steps_of_decided(adapter, state.get("cursor"), seen, began)

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

    def _steps_of_ids(self, adapter, external_ids, state):
        """Just these orders; those the marketplace does not know are errors."""
        missing = list(state.get("missing", external_ids))
        if state.get("done"):
            return
        for page in adapter.iter_orders_by_id(missing, state.get("cursor")):
            found = _ids_of(page)
            self._forget_not_found(found)
            result = self._import_order_page(page, force=True)
            missing = [external_id for external_id in missing if external_id not in found]
            done = page.cursor is None
            if done:
                result += self._unknown_orders(missing)
            yield self._order_step(
                result, {"cursor": page.cursor, "missing": missing, "done": done}
            )

    def _unknown_orders(self, external_ids):
        """The result of orders that were asked for and are on no page."""
        return ImportResult(
            failed=len(external_ids),
            errors=tuple(
                {
                    "external_id": external_id,
                    **message_entry(
                        _lt(
                            "%(channel)s does not know an order %(id)s, or it cannot be read.",
                            channel=self.name,
                            id=external_id,
                        )
                    ),
                }
                for external_id in external_ids
            ),
        )

    def _steps_of_decided(self, adapter, cursor, seen, began):
        """Orders that are open here, but no longer there: other hands have decided."""
        missing = self._orders_to_look_for(seen, began)
        if not missing:
            return
        for page in adapter.iter_decided_orders(missing, cursor):
            found = _ids_of(page)
            seen = [*seen, *found]
            self._forget_not_found(found)
            result = self._import_order_page(page)
            if page.cursor is None:
                self._note_not_found(set(missing) - set(seen))
            going_on = {"phase": "decided", "cursor": page.cursor, "seen": seen, "began": began}
            yield self._order_step(result, going_on)

    def _orders_to_look_for(self, seen, began):
        """Open orders that were on no page of this run.

        Those that were on no page the last time either are looked for once a day: that reads all
        the marketplace has.

        :param began: when the run began; what another one has imported since is on no page that
            this one still reads
        """
        orders = self.env["sale.order"].sudo()
        domain = (
            Domain("orion_channel_id", "=", self.id)
            & orders._orion_open_domain()
            & Domain("orion_external_id", "not in", seen)
            & Domain("create_date", "<=", began)
            & (
                Domain("orion_not_found_at", "=", False)
                | Domain("orion_not_found_at", "<", fields.Datetime.now() - LOOK_AGAIN)
            )
        )
        return orders.search_fetch(domain, ["orion_external_id"]).mapped("orion_external_id")

    def _note_not_found(self, external_ids):
        """These orders are open here, and the marketplace no longer knows them."""
        for order in self._orders_of(external_ids):
            order._orion_not_found()

    def _forget_not_found(self, external_ids):
        """These orders were seen, so what was noted of them is over; a decision that is on its
        way stays pending."""
        orders = self._orders_of(external_ids, Domain("orion_not_found_at", "!=", False))
        orders.orion_not_found_at = False
        orders.filtered(lambda order: order.orion_sync_status == "error").write(
            {"orion_sync_status": "synced", "orion_sync_error": False}
        )

    def _orders_of(self, external_ids, domain=Domain.TRUE):
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("orion_channel_id", "=", self.id)
                & Domain("orion_external_id", "in", list(external_ids))
                & domain
            )
        )

    def _known_digests(self):
        """`{external id: digest of the payload}` of the orders that wait for a decision."""
        # thousands of them, of which two columns are wanted and no record
        orders = self.env["sale.order"].sudo()
        query = orders._search(
            [("orion_channel_id", "=", self.id), ("orion_decision", "=", "undecided")]
        )
        columns = [orders._field_to_sql(orders._table, name, query) for name in _KNOWN]
        return dict(self.env.execute_query(query.select(*columns)))

    def _import_order_page(self, page, **options):
        result = ImportResult(unchanged=len(page.unchanged))
        importer = self.env["orion.order.importer"]
        if page.orders:
            result += importer._import_page(self, page.orders, **options)
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


def _ids_of(page):
    """External ids of all orders that a page tells of."""
    return [
        *(order.external_id for order in page.orders),
        *(problem.external_id for problem in page.problems),
        *page.unchanged,
    ]
