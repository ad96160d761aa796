"""What the tests of digital keys share: products, pools, orders, and a played supplier."""

from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from unittest.mock import Mock, patch

from odoo.tests import new_test_user

from odoo.addons.orion_base.lib.errors import NotHappened, OrionError
from odoo.addons.orion_base.lib.outbox import OperationResult
from odoo.addons.orion_digital_keys import vault
from odoo.addons.orion_digital_keys.key_store import NewKey, add_keys
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    Balance,
    CodeKind,
    PriceBand,
    PurchaseData,
    PurchasedCode,
    PurchaseOrder,
    PurchaseStatus,
    Quote,
)
from odoo.addons.orion_orders.tests.common import OrdersCase

PLAIN = "AB12-CDEF-%04d-SECRET"


def quote(external_id="G1", available=5, price="8.00", **values):
    bands = values.pop("bands", None) or (PriceBand(1, None, Decimal(price)),)
    return Quote(external_id, available, bands, **values)


def let_mails_leave(env):
    """The mail server takes the e-mails with keys that wait in the queue."""
    server = type(env["ir.mail_server"])
    with (
        patch.object(server, "_disable_send", return_value=False),
        patch.object(server, "_connect__", return_value=Mock()),
        patch.object(server, "send_email", return_value="<taken@example.com>"),
    ):
        env["mail.mail"].search([("model", "=", "sale.order"), ("state", "=", "outgoing")]).send()
    env.flush_all()


class PlayedSupplier:
    """Sells what `quotes` say; keeps what was ordered by reference.

    `refusal` answers the next order; `silence` lets the next answer get lost after the effect.
    """

    def __init__(self):
        self.quotes = {"G1": quote()}
        self.orders = {}
        self.sent = []
        self.refusal = None
        self.silence = None
        self.kinds = []
        self.ready = True
        self.scores = {}
        self.assessed = []

    def check(self):
        pass

    def quote(self, external_ids):
        return {id_: self.quotes[id_] for id_ in external_ids if id_ in self.quotes}

    def assess(self, buyer):
        self.assessed.append(buyer)
        return self.scores.get(buyer.email)

    def balance(self):
        return Balance(Decimal(500), Decimal(0), Decimal(500))

    def invoice(self, supplier_order_id):
        return None

    def send(self, verb, requests):
        return [self._order(PurchaseOrder.of_payload(request.payload)) for request in requests]

    def reconcile(self, verb, requests):
        results = []
        for request in requests:
            order = self.orders.get(request.payload["reference"])
            error = None if order else NotHappened("Not in the history.")
            response = self._answer(order) if order else {}
            results.append(OperationResult(request.reference, response, error))
        return results

    def fetch_purchase(self, supplier_order_id):
        order = next(o for o in self.orders.values() if o.supplier_order_id == supplier_order_id)
        if self.ready:
            return replace(order, status=PurchaseStatus.COMPLETE)
        return replace(order, status=PurchaseStatus.WAITING, codes=())

    def fetch_code(self, external_id):
        return PurchasedCode(external_id, CodeKind.TEXT, f"LATER-{external_id}")

    def _order(self, order):
        reference = f"purchase_keys:{order.reference}"
        self.sent.append(order)
        refusal, self.refusal = self.refusal, None
        if isinstance(refusal, OrionError):
            return OperationResult(reference, error=refusal)
        known = self.quotes[order.external_product_id]
        left = max(known.available - order.quantity, 0)
        self.quotes[order.external_product_id] = replace(known, available=left)
        number = len(self.orders) + 1
        kinds = self.kinds or [CodeKind.TEXT] * order.quantity
        codes = tuple(
            PurchasedCode(
                f"C{number}-{place}",
                kind,
                {
                    CodeKind.TEXT: f"BOUGHT-{number}-{place}-SECRET",
                    CodeKind.IMAGE: b"\x89PNG secret picture",
                    CodeKind.PENDING: "",
                }[kind],
                "code.png" if kind is CodeKind.IMAGE else "",
            )
            for place, kind in enumerate(kinds, 1)
        )
        bought = PurchaseData(
            order.reference,
            f"SUP-{number}",
            PurchaseStatus.WAITING,
            order.unit_price * order.quantity,
            codes=codes,
        )
        self.orders[order.reference] = bought
        silence, self.silence = self.silence, None
        if silence is not None:
            return OperationResult(reference, error=silence)
        return OperationResult(reference, self._answer(bought))

    def _answer(self, order):
        return {
            "supplier_order_id": order.supplier_order_id,
            "status": "waiting",
            "total": str(order.total),
        }


class KeysCase(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "keys_manager",
            groups="orion_base.group_orion_manager,base.group_allow_export,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.company.email = "shop@example.com"
        cls.luxembourg = cls.env.ref("base.lu")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Léa", "email": "lea@example.com", "country_id": cls.luxembourg.id}
        )
        cls.game = cls.create_game("Game")
        cls.storefront = cls.company._orion_storefront()
        cls.storefront.schedule_ids.enabled = True

    @classmethod
    def create_game(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "orion_is_digital": True,
                "list_price": 0.0,
                "taxes_id": False,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.supplier = PlayedSupplier()
        stack = ExitStack()
        self.addCleanup(stack.close)
        for target in (
            "odoo.addons.orion_base.engine.outbox.open_adapter",
            "odoo.addons.orion_digital_keys.models.orion_channel_balance.open_adapter",
            "odoo.addons.orion_digital_keys.models.orion_channel_purchases.open_adapter",
        ):
            stack.enter_context(
                patch(
                    target,
                    lambda channel, role: self.supplier if role == "keys" else self.marketplace,
                )
            )
        stack.enter_context(
            patch.object(
                self.env.registry["orion.channel"],
                "_adapter_class",
                lambda channel, role: (
                    PlayedSupplier if channel.marketplace == "played" and role == "keys" else None
                ),
            )
        )

    def add_keys(self, number, product=None, start=0, **batch_values):
        product = product or self.game
        batch = self.env["orion.digital.key"]._make_batch(
            product, self.company, "paste", **batch_values
        )
        plains = [PLAIN % place for place in range(start, start + number)]
        add_keys(batch, [NewKey(plain) for plain in plains])
        return plains

    def sell(self, quantity=1, product=None, paid=True, **values):
        """A confirmed order of the storefront."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": (product or self.game).id,
                            "product_uom_qty": quantity,
                            "price_unit": 0.0 if paid else 20.0,
                        },
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def offer(self, product=None, external_id="G1", **values):
        """A supplier that sells the product."""
        supplier = self.create_channel("Supplier")
        supplier.schedule_ids.filtered(lambda s: s.job_type != "key_purchases").enabled = False
        self.env["orion.key.offer"].create(
            {
                "product_id": (product or self.game).id,
                "channel_id": supplier.id,
                "external_id": external_id,
                "currency_id": self.env.ref("base.EUR").id,
                **values,
            }
        )
        return supplier

    def mails_leave(self):
        let_mails_leave(self.env)

    def states(self, orders):
        return orders.orion_piece_ids.mapped("state")

    def keys_of(self, order):
        return [vault.open_key(piece.key_id) for piece in order.orion_piece_ids if piece.key_id]

    def time_passes(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE orion_digital_piece SET try_at = try_at - interval '1 day',"
            " buy_at = buy_at - interval '1 day';"
            "UPDATE orion_key_purchase SET check_at = check_at - interval '1 day';"
            "UPDATE orion_operation SET next_attempt_at = NULL, apply_after = NULL,"
            " lease_until = lease_until - interval '1 day';"
            "UPDATE orion_circuit SET next_probe_at = NULL"
        )
        self.env.invalidate_all()
