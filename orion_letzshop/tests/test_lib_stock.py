"""The ways in which Letzshop gets the stock, against stand-ins over the real protocols."""

import unittest

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    RateLimited,
    Rejected,
    RetryLater,
    ServiceUnavailable,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.http_session import HttpSession
from odoo.addons.orion_base.lib.outbox import OperationRequest
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter, Rate, Turns
from odoo.addons.orion_inventory_sync.lib.stock_adapter import StockLevel
from odoo.addons.orion_letzshop.lib.stock_adapter import GraphQLStock, HttpStock, SftpStock

from sandbox.letzshop.letzshop_sandbox import LetzshopSandbox
from sandbox.stock.sftp_sandbox import SftpSandbox
from sandbox.stock.stock_sandbox import DropSandbox

LEVELS = [StockLevel("PEN", 3), StockLevel("INK", 0), StockLevel("=1+1", 2)]


def connection(endpoint="", secrets=None, http=None, **settings):
    return ChannelConnection(
        endpoint=endpoint,
        secrets=secrets or {},
        http=http or HttpSession(total_deadline=5.0, read_timeout=5.0),
        settings=settings,
    )


class TestHttp(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.drop = DropSandbox()
        self.drop.start()
        self.addCleanup(self.drop.stop)

    def adapter(self, password=DropSandbox.password):
        return HttpStock(
            connection(
                secrets={"stock_password": password},
                stock_address=self.drop.address,
                stock_user=self.drop.user,
            )
        )

    def test_each_push_is_a_file_of_its_own(self):
        adapter = self.adapter()
        self.assertEqual(adapter.push_levels(LEVELS), {})
        adapter.push_levels([StockLevel("PEN", 2)])
        # a spreadsheet would calculate the last SKU
        self.assertEqual(self.drop.book.quantities(), {"PEN": 2, "INK": 0, "'=1+1": 2})
        names = sorted(self.drop.app.files)
        self.assertEqual(len(names), 2)
        self.assertEqual(self.drop.app.files[names[1]], b"sku,quantity\nPEN,2\n")

    def test_a_wrong_password_stops_nothing_else_of_the_channel(self):
        with self.assertRaisesRegex(Rejected, "user or password"):
            self.adapter("wrong").push_levels(LEVELS)

    def test_what_fails_there_is_told_later_and_tells_nothing_of_letzshop(self):
        self.drop.faults.arm("status", status=503)
        with self.assertRaises(ServiceUnavailable):
            self.adapter().push_levels(LEVELS)
        self.assertTrue(HttpStock.elsewhere)
        self.drop.faults.arm("hang_up", when="after")
        with self.assertRaises(UnknownOutcome):
            self.adapter().push_levels(LEVELS)

    def test_results_by_request(self):
        requests = [
            OperationRequest("ref", "push_stock", {"sku": "PEN", "quantity": 4, "version": 9})
        ]
        (result,) = self.adapter().send("push_stock", requests)
        self.assertEqual(result.response, {"quantity": 4, "version": 9})
        self.assertIsNone(result.error)
        self.assertEqual(self.drop.book.quantities(), {"PEN": 4})

    def test_without_an_address(self):
        with self.assertRaisesRegex(Rejected, "address"):
            HttpStock(connection())


class TestSftp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drop = SftpSandbox()
        cls.drop.__enter__()
        cls.addClassCleanup(cls.drop.__exit__, None, None, None)

    def setUp(self):
        super().setUp()
        self.drop.book.clear()
        self.drop.fails = False

    def adapter(self, password=SftpSandbox.password, host_key=None, address=None, http=None):
        return SftpStock(
            connection(
                http=http,
                secrets={"stock_password": password},
                stock_address=address or self.drop.address,
                stock_user=self.drop.user,
                stock_host_key=self.drop.host_key if host_key is None else host_key,
            )
        )

    def test_a_file_is_put_and_read(self):
        self.adapter().push_levels(LEVELS)
        self.assertEqual(self.drop.book.quantities()["PEN"], 3)

    def test_files_are_put_at_the_rate_of_the_channel(self):
        turns = Turns(MemoryRateLimiter(clock=lambda: 0.0), "channel:1", Rate(0.5, 2))
        waits = []
        http = HttpSession(total_deadline=3.0, turns=turns, sleep=waits.append)
        adapter = self.adapter(http=http)
        for quantity in (3, 2, 1):
            adapter.push_levels([StockLevel("PEN", quantity)])
        self.assertEqual(waits, [2.0], "a burst of two, then one in two seconds")
        with self.assertRaises(RateLimited) as raised:
            adapter.push_levels([StockLevel("PEN", 9)])
        self.assertEqual(raised.exception.retry_after, 4.0)
        self.assertEqual(self.drop.book.quantities(), {"PEN": 1}, "nothing was put")

    def test_a_server_with_another_key_gets_nothing(self):
        with SftpSandbox() as other, self.assertRaisesRegex(Rejected, "another key"):
            self.adapter(host_key=other.host_key).push_levels(LEVELS)
        self.assertEqual(self.drop.book.quantities(), {})

    def test_without_a_key_nothing_is_sent(self):
        for damaged in ("", "ssh-rsa", "ssh-rsa AAAA", "no key at all"):
            with self.subTest(key=damaged), self.assertRaisesRegex(Rejected, "ssh-keyscan"):
                self.adapter(host_key=damaged).push_levels(LEVELS)

    def test_a_wrong_password(self):
        with self.assertRaisesRegex(Rejected, "user or password"):
            self.adapter("wrong").push_levels(LEVELS)

    def test_a_server_that_is_gone(self):
        with SftpSandbox() as gone:
            address, key = gone.address, gone.host_key
        with self.assertRaises(HostUnreachable):
            self.adapter(address=address, host_key=key).push_levels(LEVELS)
        self.assertTrue(SftpStock.elsewhere)

    def test_a_file_that_gets_no_name_may_have_arrived(self):
        self.drop.fails = True
        with self.assertRaises((UnknownOutcome, RetryLater)):
            self.adapter().push_levels(LEVELS)
        self.assertEqual(self.drop.book.quantities(), {})


class TestGraphQL(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.sandbox = LetzshopSandbox(orders=0, history=0).start()
        self.addCleanup(self.sandbox.stop)
        self.adapter = GraphQLStock(
            connection(self.sandbox.endpoint, {"api_key": self.sandbox.api_key})
        )

    def test_a_letzshop_that_has_no_such_mutation(self):
        with self.assertRaisesRegex(Rejected, "updateInventory"):
            self.adapter.push_levels(LEVELS)

    def test_the_documents_mutation(self):
        self.sandbox.control.configure(stock_mutation=True)
        self.assertEqual(self.adapter.push_levels(LEVELS), {})
        self.assertEqual(self.sandbox.control.stock(), {"PEN": 3, "INK": 0, "=1+1": 2})
        errors = self.adapter.push_levels([StockLevel("BAD", -1), StockLevel("PEN", 1)])
        self.assertEqual(list(errors), ["BAD"])
        self.assertIsInstance(errors["BAD"], Rejected)
        self.assertEqual(self.sandbox.control.stock()["PEN"], 1)
