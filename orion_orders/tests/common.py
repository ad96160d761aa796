"""What the tests of orders share: a marketplace of their own, played by a class."""

from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.orion_base.engine import wake
from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.outbox import OperationResult
from odoo.addons.orion_orders.lib.order_data import (
    AddressData,
    OrderData,
    OrderLineData,
    OrderPage,
    OrderState,
)

T0 = datetime(2026, 11, 1, 12, 0, tzinfo=timezone.utc)
GTIN = "4006381333931"
GTIN_2 = "5901234123457"
HOME = AddressData(
    name="Léa Müller",
    street="12 Rue du Fossé",
    zip="1536",
    city="Luxembourg",
    country_code="LU",
    phone="621 123 456",
)


def line(external_id="L1", **values):
    values = {
        "name": "Sold pen",
        "quantity": Decimal(1),
        "price_unit": Decimal("9.99"),
        "gtin": GTIN,
        **values,
    }
    return OrderLineData(external_id, **values)


def order(external_id="S1", **values):
    """An undecided order of one pen; `raw` follows the values, so that a change shows."""
    values = {
        "number": f"R-{external_id}",
        "ordered_at": T0,
        "version": T0 + timedelta(hours=1),
        "currency": "EUR",
        "state": OrderState.UNDECIDED,
        "lines": (line(),),
        "customer_email": "lea@example.com",
        "language": "fr",
        "ship_to": HOME,
        "bill_to": HOME,
        **values,
    }
    values.setdefault("raw", {"id": external_id, "state": values["state"].value})
    return OrderData(external_id, **values)


class PlayedMarketplace:
    """Answers from lists; keeps what it was told. `error` is raised by the next call."""

    def __init__(self):
        self.open = []
        self.history = []
        self.decided = []
        self.problems = ()
        self.asked = []
        self.calls = []
        self.error = None
        self.answers = {}

    def _raise(self):
        error, self.error = self.error, None
        if error is not None:
            raise error

    def _pages(self, pages, cursor):
        self._raise()
        start = (cursor or {}).get("page", 0)
        for number in range(start, len(pages)):
            following = {"page": number + 1} if number + 1 < len(pages) else None
            yield OrderPage(tuple(pages[number]), tuple(self.problems), following)
        if not pages:
            yield OrderPage((), tuple(self.problems), None)

    def iter_open_orders(self, cursor=None, known=None):
        return self._pages(self.open, cursor)

    def iter_history(self, cursor=None):
        return self._pages(self.history, cursor)

    def iter_decided_orders(self, external_ids, cursor=None):
        self.asked.append(sorted(external_ids))
        wanted = [data for data in self.decided if data.external_id in external_ids]
        return self._pages([wanted], cursor)

    def iter_orders_by_id(self, external_ids, cursor=None):
        pages = [*self.open, *self.history, self.decided]
        return self._pages(
            [[data for data in page if data.external_id in external_ids] for page in pages], cursor
        )

    def check(self):
        self._raise()

    def send(self, verb, requests):
        return self._answer("send", verb, requests)

    def reconcile(self, verb, requests):
        return self._answer("reconcile", verb, requests)

    def _answer(self, method, verb, requests):
        self.calls.append((method, verb, [dict(request.payload) for request in requests]))
        self._raise()
        return [self._result(request) for request in requests]

    def _result(self, request):
        answer = self.answers.get(request.payload["order"], {})
        if isinstance(answer, OrionError):
            return OperationResult(request.reference, error=answer)
        return OperationResult(request.reference, response=answer)

    def told(self, verb):
        return [
            payload["order"]
            for _m, called, payloads in self.calls
            for payload in payloads
            if called == verb
        ]


class OrdersCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "lang": "en_US"})
        cls.env.ref("base.user_admin").lang = "en_US"
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        marketplace = cls.env.registry["orion.channel"]._fields["marketplace"]
        stack.enter_context(patch.dict(marketplace._selection, {"played": "Played"}))
        stack.enter_context(
            patch.object(marketplace, "selection", [*marketplace.selection, ("played", "Played")])
        )
        cls.company = cls.env.company
        cls.importer = cls.env["orion.order.importer"]
        cls.clerk = new_test_user(
            cls.env, "orders_clerk", groups="orion_base.group_orion_user,stock.group_stock_user"
        )
        cls.seller = new_test_user(
            cls.env, "orders_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.channel = cls.create_channel("Played shop")
        cls.env["orion.schedule"].search([]).enabled = False
        cls.pen = cls.env["product.product"].create(
            {
                "name": "Pen of the catalogue",
                "barcode": GTIN,
                "default_code": "PEN",
                "list_price": 50.0,
                "is_storable": True,
            }
        )

    @classmethod
    def create_channel(cls, name, **values):
        return cls.env["orion.channel"].create(
            {
                "name": name,
                "marketplace": "played",
                "state": "connected",
                "responsible_id": cls.env.ref("base.user_admin").id,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.marketplace = PlayedMarketplace()
        stack = ExitStack()
        self.addCleanup(stack.close)
        for patcher in (
            patch(
                "odoo.addons.orion_base.engine.outbox.open_adapter",
                lambda channel, role: self.marketplace,
            ),
            patch(
                "odoo.addons.orion_orders.models.orion_channel_jobs.open_adapter",
                lambda channel, role: self.marketplace,
            ),
            patch.object(
                self.env.registry["orion.channel"],
                "_adapter_class",
                lambda channel, role: (
                    PlayedMarketplace if channel.marketplace == "played" else None
                ),
            ),
            patch.dict(wake._last_wake, clear=True),
        ):
            stack.enter_context(patcher)

    def import_page(self, *orders, channel=None, **options):
        return self.importer._import_page(channel or self.channel, orders, **options)

    def imported(self, *orders, **options):
        """Import and return the sale orders."""
        result = self.import_page(*orders, **options)
        self.assertFalse(result.failed, result.errors)
        return self.find(*[data.external_id for data in orders])

    def find(self, *external_ids, channel=None):
        found = self.env["sale.order"].search(
            [
                ("orion_channel_id", "=", (channel or self.channel).id),
                ("orion_external_id", "in", external_ids),
            ]
        )
        by_id = {sale.orion_external_id: sale.id for sale in found}
        return found.browse([by_id[one] for one in external_ids if one in by_id])

    def work(self, steps=20):
        """Let a worker take steps until it is idle."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(steps):
                if not worker.step():
                    break
        self.env.invalidate_all()

    def run_import(self, state=None, parameters=None, job="order_import"):
        """Run a job's steps as the engine does, and return those that did something."""
        steps = getattr(self.channel, f"_job_{job}")(state or {}, parameters or {})
        return [step for step in steps if step.processed or step.state is not None]
