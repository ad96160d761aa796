import logging
from datetime import timedelta

from odoo.addons.orion_base.lib.errors import (
    Forbidden,
    HostUnreachable,
    InvalidAnswer,
    KeyMissing,
    RateLimited,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter
from odoo.addons.orion_codeswholesale.lib.account import Account
from odoo.addons.orion_codeswholesale.lib.limits import (
    LIMITS,
    LIST,
    SINGLE,
    TOKEN,
    Limits,
    rate_of,
)
from odoo.addons.orion_codeswholesale.lib.refusals import RefusedRequest

from sandbox.codeswholesale.seed.product_maker import ORDINARY

from .lib_common import NOW, SupplierCase


class TestToken(SupplierCase):
    def test_one_token_serves_until_its_end(self):
        client = self.client()
        client.account()
        self.client().account()
        self.assertEqual(self.asked("token"), 1)
        self.time += 3600 - 30
        self.client().account()
        self.assertEqual(self.asked("token"), 2)

    def test_the_rest_of_its_life_counts(self):
        self.control.arm("short_token", seconds=60)
        self.client().account()
        self.time += 29
        self.client().account()
        self.assertEqual(self.asked("token"), 1)
        self.time += 1
        self.client().account()
        self.assertEqual(self.asked("token"), 2)

    def test_both_forms_of_the_answer(self):
        self.control.arm("wrapped_token")
        self.assertEqual(self.client().account()["fullName"], "Orion Demo Shop")

    def test_a_refused_token_is_replaced_once(self):
        client = self.client()
        client.account()
        self.control.expire_tokens()
        client.account()
        self.assertEqual(self.asked("token"), 2)
        self.control.arm("unauthorised", times=None)
        with self.assertRaises(Unauthorised):
            client.account()
        self.assertEqual(self.asked("token"), 3)

    def test_a_purchase_is_sent_again_with_a_new_token_and_bought_once(self):
        client = self.client()
        price = client.product(ORDINARY)["prices"][0]["value"]
        self.control.expire_tokens()
        line = {"productId": ORDINARY, "quantity": 1, "price": price}
        client.buy({"orderId": "again", "products": [line]})
        self.assertEqual(self.control.effects()["bought"], {"again": 1})

    def test_wrong_keys(self):
        with self.assertRaises(Unauthorised):
            self.client(api_key="cw-demo-client-51f0:wrong").account()
        with self.assertRaises(KeyMissing):
            self.client(api_key="without a colon")
        guest = {"client_id": self.sandbox.guest_id, "client_secret": self.sandbox.guest_secret}
        with self.assertRaises(Forbidden):
            self.client(**guest).account()

    def test_no_secret_in_address_or_log(self):
        with self.assertLogs("odoo.addons.orion_base", logging.DEBUG) as logs:
            self.client().account()
        told = "\n".join(logs.output)
        token = self.tokens.get(self.client()._fingerprint, self.fail)
        for secret in (self.sandbox.client_secret, token):
            self.assertNotIn(secret, told)
        (asked,) = self.control.requests("token")
        self.assertEqual(asked["path"], "/oauth/token")
        self.assertNotIn(self.sandbox.client_secret, repr(self.connection()))


class TestLimits(SupplierCase):
    def test_lists_keep_to_their_limit(self):
        client = self.client()
        for _page in range(203):
            client.products(since=NOW + timedelta(days=1))
        self.assertEqual(len(self.slept), 3)
        self.assertAlmostEqual(sum(self.slept), 10.0, delta=0.1)

    def test_all_who_use_an_account_keep_to_one_limit(self):
        clients = [self.client(), self.client()]
        for number in range(202):
            clients[number % 2].products(since=NOW + timedelta(days=1))
        self.assertEqual(len(self.slept), 2)

    def test_the_names_of_what_is_counted_tell_no_secret(self):
        here, there = "https://here.example", "https://there.example"
        names = {
            (kind, account.client_id, account.client_secret, endpoint): self.counted(
                kind, account, endpoint
            )
            for kind in LIMITS
            for account in (Account("a", "one"), Account("a", "two"), Account("b", "one"))
            for endpoint in (here, there)
        }
        self.assertFalse([name for name in names.values() if "one" in name or "two" in name])
        # a new secret is the same account; tokens are counted for all accounts of an address
        for kind, accounts in ((LIST, 2), (SINGLE, 2), (TOKEN, 1)):
            counted = {name for key, name in names.items() if key[0] == kind}
            self.assertEqual(len(counted), 2 * accounts)
            self.assertEqual(names[kind, "a", "one", here], names[kind, "a", "two", here])

    def counted(self, kind, account, endpoint):
        """The name under which a request is counted."""
        limiter = MemoryRateLimiter()
        Limits(limiter, account, endpoint).wait(kind)
        (name,) = limiter._taken_until
        return name

    def test_a_part_of_each_limit_is_left_for_calls_that_arrive_late(self):
        for kind, (most, seconds) in LIMITS.items():
            with self.subTest(kind=kind):
                rate = rate_of(most, seconds)
                self.assertLessEqual(rate.burst + rate.per_second * seconds, 0.96 * most)

    def test_what_takes_too_long_is_left_for_later(self):
        self.control.arm("low_limit", operation="products", seconds=90)
        with self.assertRaises(RateLimited) as caught:
            self.client().products()
        self.assertEqual(caught.exception.retry_after, 90)


class TestAnswers(SupplierCase):
    def test_pages_to_the_end(self):
        client, token, ids = self.client(), None, []
        while True:
            page = client.products(token=token)
            ids += [item["productId"] for item in page.items]
            token = page.token
            if token is None:
                break
        self.assertEqual((len(ids), len(set(ids))), (250, 250))

    def test_lists_that_are_none(self):
        client = self.client()
        self.control.arm("no_items", operation="products")
        with self.assertRaises(InvalidAnswer):
            client.products()
        token = client.products().token
        self.control.arm("stuck_token", operation="products")
        with self.assertRaises(InvalidAnswer):
            client.products(token=token)

    def test_faults_of_the_wire_are_typed(self):
        client = self.client()
        client.account()
        for kind, error in (
            ("html", InvalidAnswer),
            ("broken_json", InvalidAnswer),
            ("empty", InvalidAnswer),
            ("reset", UnknownOutcome),
            ("hang_up", UnknownOutcome),
            ("cut", UnknownOutcome),
        ):
            with self.subTest(kind=kind):
                self.control.arm(kind, operation="account")
                with self.assertRaises(error):
                    client.account()
        self.sandbox.stop()
        self.addCleanup(self.sandbox.start)
        with self.assertRaises(HostUnreachable):
            client.account()

    def test_refusals_carry_their_number(self):
        with self.assertRaises(RefusedRequest) as caught:
            self.client().product("nobody/../knows")
        self.assertEqual(
            (caught.exception.refusal.status, caught.exception.refusal.code), (404, 20001)
        )
