import logging
from datetime import timezone

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.engine import SetUpFirst
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_base.sentences import message_entry, say_text

from ..import_batch import ImportBatch
from ..lib.fingerprint import payload_digest
from ..lib.import_result import ImportResult
from ..lib.order_data import OrderState

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)

#: No chatter, no tracking, no subscription: an import writes thousands of records.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
    "sale_no_log_for_new_lines": True,
    "no_vat_validation": True,
}

#: An order that comes in like this needs nobody any more, whatever import it came with.
PAST_STATES = (
    OrderState.REFUSED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
    OrderState.CANCELLED,
)


class OrionOrderImporter(models.AbstractModel):
    """Makes sale orders of canonical orders, page by page.

    The files beside this one hold its parts: partners, products, terms, values, update.
    """

    _name = "orion.order.importer"
    _description = "Marketplace Order Importer"

    # === BUSINESS === #

    @api.model
    def _import_page(self, channel, orders, history=False, force=False):
        """Import one page of orders: a batch, where one bad order stops no other.

        The same data again writes nothing, older data is dropped.

        :param channel: one `orion.channel`
        :param orders: sequence of `lib.order_data.OrderData`; the page may hold an order twice
        :param history: decided orders are of the past: no stock move, mail or operation
        :param force: take the data over even when nothing changed
        :return: a `lib.import_result.ImportResult`
        """
        importer, channel = self._quietly(channel)
        page = self._newest(orders)
        known = importer._known_orders(channel, page)
        fresh, newer, unchanged = [], [], len(orders) - len(page)
        for data, digest, version in page.values():
            found = known.get(data.external_id)
            if found is None:
                fresh.append(data)
            elif not force and importer._is_old_news(found, digest, version):
                unchanged += 1
            else:
                newer.append((found[0], data))
        result = ImportResult(unchanged=unchanged)
        if fresh:
            result += importer._import_new(channel, fresh, history)
        if newer:
            result += importer._import_newer(channel, newer)
        return result

    @api.model
    def _import_problems(self, channel, problems):
        """Keep payloads that could not even be mapped; they can be imported again.

        :param problems: sequence of `lib.order_data.OrderProblem`
        :return: an `ImportResult`
        """
        if not problems:
            return ImportResult()
        importer, channel = self._quietly(channel)
        importer._keep_failures(channel, [(p.external_id, p.raw, p.message) for p in problems])
        return ImportResult(
            failed=len(problems),
            errors=tuple(
                {"external_id": p.external_id, **message_entry(p.message)} for p in problems
            ),
        )

    @api.model
    def _replay(self, payloads):
        """Import kept payloads anew; see `orion.channel._map_order_payload`."""
        result = ImportResult()
        for channel, kept in payloads.grouped("channel_id").items():
            mapped = [
                channel._map_order_payload(payload.payload, payload.received_at) for payload in kept
            ]
            orders = [item for item in mapped if hasattr(item, "lines")]
            result += self._import_page(channel, orders, force=True)
            result += self._import_problems(
                channel, [item for item in mapped if not hasattr(item, "lines")]
            )
        return result

    # === NEW ORDERS === #

    def _import_new(self, channel, datas, history):
        return self._all_or_each(
            channel,
            datas,
            lambda items: self._create_batch(channel, items, history),
            lambda count: ImportResult(imported=count),
        )

    def _create_batch(self, channel, datas, history):
        """Everything of these orders, in a constant number of our own queries."""
        batch = self._open_batch(channel, datas, history)
        orders = self.env["sale.order"].create(
            [
                self._prepare_order_values(batch, data)
                | {"order_line": self._prepare_lines(batch, data)}
                for data in datas
            ]
        )
        pairs = list(zip(orders, datas, strict=True))
        self._settle_totals(batch, pairs)
        self._keep_payloads(channel, pairs)
        self._create_pieces(channel, pairs)
        self._after_import(channel, orders)
        self._take_over_new(pairs)
        self.env.flush_all()

    def _open_batch(self, channel, datas, history):
        batch = ImportBatch(channel=channel, company=channel.company_id, history=history)
        self._match_products(batch, datas)
        self._find_partners(batch, datas)
        self._find_terms(batch, datas)
        return batch

    def _take_over_new(self, pairs):
        """An order accepted by other hands before it was ever read here."""
        accepted = [
            (order, data)
            for order, data in pairs
            if data.state is OrderState.ACCEPTED and not order.orion_is_history
        ]
        if accepted:
            self.env["sale.order"]._orion_take_over(accepted)

    def _is_past(self, batch, data):
        """Whether an order comes in as history."""
        if data.state in PAST_STATES:
            return True
        return batch.history and data.state is OrderState.ACCEPTED

    # === HOOKS === #

    def _create_pieces(self, channel, pairs):
        """New orders exist: write their pieces. `pairs`: `[(order, OrderData)]`."""

    def _after_import(self, channel, orders):
        """New orders are complete."""
        lines = orders.order_line.filtered("orion_needs_product_match")
        if lines:
            orders._orion_lines_unmatched(lines)

    # === PRIVATE === #

    def _quietly(self, channel):
        """Importer and channel in sudo, for the channel's company, without chatter; what is
        stored is in the language of who is responsible for the channel."""
        channel.ensure_one()
        company = channel.sudo().company_id
        lang = channel.sudo().responsible_id.lang or self.env.lang
        context = dict(QUIET, allowed_company_ids=company.ids, lang=lang)
        return self.sudo().with_context(**context), channel.sudo().with_context(**context)

    @api.model
    def _newest(self, orders):
        """`{external id: (data, digest, version)}`: an order that shifted between pages
        while they were read may be there twice."""
        page = {}
        for data in orders:
            version = self._naive(data.version)
            kept = page.get(data.external_id)
            if kept is None or kept[2] <= version:
                page[data.external_id] = (data, data.digest, version)
        return page

    @api.model
    def _naive(self, moment):
        """An aware time as Odoo stores it."""
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    def _known_orders(self, channel, page):
        """`{external id: (order id, digest, version)}` in one query."""
        self.env["sale.order"].flush_model(
            ["orion_channel_id", "orion_external_id", "orion_digest", "orion_version"]
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT orion_external_id, id, orion_digest, orion_version FROM sale_order "
                "WHERE orion_channel_id = %s AND orion_external_id = ANY(%s)",
                channel.id,
                list(page),
            )
        )
        return {external_id: rest for external_id, *rest in rows}

    @api.model
    def _is_old_news(self, found, digest, version):
        _order_id, known_digest, known_version = found
        if known_version and version < known_version:
            return True
        return digest == known_digest

    def _all_or_each(self, channel, items, work, count, data_of=lambda item: item):
        """Do `work` on all items at once; if that fails, on each one under a savepoint."""
        try:
            with self.env.cr.savepoint():
                work(items)
            return count(len(items))
        except (OperationalError, SetUpFirst):
            raise
        except Exception as error:
            if len(items) == 1:
                if not isinstance(error, UserError):
                    _logger.exception("An order of channel %s failed", channel.id)
                return self._note_failure(channel, data_of(items[0]), error)
            _logger.info("A page of orders is imported one by one", exc_info=True)
        result = ImportResult()
        for item in items:
            result += self._all_or_each(channel, [item], work, count, data_of)
        return result

    def _note_failure(self, channel, data, error):
        """The order that fails is kept with its payload."""
        if isinstance(error, UserError):
            message = error.args[0]
        else:
            message = _lt(
                "Unexpected error (%(type)s); the server's log has the details.",
                type=type(error).__name__,
            )
        self._keep_failures(channel, [(data.external_id, data.raw, message)])
        entry = {"external_id": data.external_id, "order_number": data.number}
        return ImportResult(failed=1, errors=({**entry, **message_entry(message)},))

    # === PAYLOADS === #

    def _keep_payloads(self, channel, pairs):
        """Keep what was received of these orders."""
        self._write_payloads(
            channel,
            {
                data.external_id: {
                    "order_id": order.id,
                    "digest": data.digest,
                    "payload": dict(data.raw),
                    "received_at": fields.Datetime.now(),
                    "status": "imported",
                    "error": False,
                }
                for order, data in pairs
            },
        )

    def _keep_failures(self, channel, failures):
        self._write_payloads(
            channel,
            {
                external_id or "?": {
                    "payload": dict(raw),
                    "digest": payload_digest(raw),
                    "received_at": fields.Datetime.now(),
                    "status": "failed",
                    "error": say_text(self.env, message),
                }
                for external_id, raw, message in failures
            },
        )

    def _write_payloads(self, channel, values_by_id):
        payloads = self.env["orion.order.payload"]
        kept = payloads.search(
            [("channel_id", "=", channel.id), ("external_id", "in", list(values_by_id))]
        )
        for payload in kept:
            payload.write(values_by_id.pop(payload.external_id))
        payloads.create(
            [
                {
                    "channel_id": channel.id,
                    "company_id": channel.company_id.id,
                    "external_id": external_id,
                    **values,
                }
                for external_id, values in values_by_id.items()
            ]
        )
