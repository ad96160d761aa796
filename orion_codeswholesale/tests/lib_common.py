"""What the tests without a database share: an adapter at a stand-in of its own."""

import unittest
from datetime import datetime, timezone
from unittest.mock import Mock

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.http_session import HttpSession
from odoo.addons.orion_base.lib.outbox import OperationRequest
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter
from odoo.addons.orion_codeswholesale.lib.account import Account
from odoo.addons.orion_codeswholesale.lib.client import CodesWholesaleClient
from odoo.addons.orion_codeswholesale.lib.keys_adapter import CodesWholesaleKeysAdapter
from odoo.addons.orion_codeswholesale.lib.limits import Limits
from odoo.addons.orion_codeswholesale.lib.tokens import TokenStore
from odoo.addons.orion_digital_keys.lib.keys_adapter import VERB, PurchaseOrder

from sandbox.codeswholesale.codeswholesale_sandbox import CodesWholesaleSandbox

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


class SupplierCase(unittest.TestCase):
    """A stand-in with 250 products, whose clock stands still."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox = CodesWholesaleSandbox(products=250).start()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.control = cls.sandbox.control

    def setUp(self):
        super().setUp()
        self.control.reset(products=250, now=NOW)
        self.time = 1000.0
        self.slept = []
        self.tokens = TokenStore(clock=lambda: self.time)
        self.limiter = MemoryRateLimiter(lambda: self.time)
        self.http = HttpSession(total_deadline=5.0, read_timeout=1.0)
        self.addCleanup(self.http.close)

    def connection(self, **secrets):
        given = {"api_key": f"{self.sandbox.client_id}:{self.sandbox.client_secret}"}
        return ChannelConnection(
            self.sandbox.endpoint, secrets or given, self.http, limiter=self.limiter
        )

    def client(self, **secrets):
        connection = self.connection(**secrets)
        limits = Limits(
            self.limiter, Account.of(connection.secrets), connection.endpoint, self.sleep
        )
        return CodesWholesaleClient(connection, self.tokens, limits)

    def adapter(self, **secrets):
        adapter = CodesWholesaleKeysAdapter(self.connection(**secrets), self.control.clock.now)
        adapter._client = self.client(**secrets)
        return adapter

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds

    def asked(self, operation):
        return self.control.effects()["requests"].get(operation, 0)


def quoting(record):
    """A keys adapter of whose products there is one."""
    connection = ChannelConnection("https://supplier.example", {"api_key": "id:secret"}, Mock())
    adapter = CodesWholesaleKeysAdapter(connection, lambda: NOW)
    adapter._client = Mock(product=Mock(return_value=record))
    return adapter


def request(reference, product, quantity=1, price="1.00", *, preorder=False, sent_at=NOW):
    order = PurchaseOrder(reference, product, quantity, price, preorder)
    return OperationRequest(f"key:{reference}", VERB, order.as_payload(), sent_at)
