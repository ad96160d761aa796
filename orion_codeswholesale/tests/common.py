"""What the tests with a database share: a channel, and a CodesWholesale of its own."""

from contextlib import nullcontext

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from odoo.addons.orion_base.engine.worker import Worker
from odoo.addons.orion_base.tests.common import count_calls_in_memory
from odoo.addons.orion_codeswholesale.lib.tokens import TOKENS

from sandbox.codeswholesale.codeswholesale_sandbox import CodesWholesaleSandbox

PRODUCTS = 30


class CodesWholesaleCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        count_calls_in_memory(cls)
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.sandbox = CodesWholesaleSandbox(products=PRODUCTS).start()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.control = cls.sandbox.control
        cls.company = cls.env["res.company"].create(
            {
                "name": "Keys & Co",
                "email": "shop@example.com",
                "currency_id": cls.env.ref("base.EUR").id,
            }
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.env.ref("base.EUR").active = True
        cls.channel = cls.env["orion.channel"].create(
            {
                "name": "Our CodesWholesale",
                "marketplace": "codeswholesale",
                "company_id": cls.company.id,
                "api_endpoint": cls.sandbox.endpoint,
                "state": "connected",
            }
        )
        cls.channel.set_credentials(api_key=f"{cls.sandbox.client_id}:{cls.sandbox.client_secret}")
        # only what a test asks for is due
        cls.env["orion.schedule"].search([]).enabled = False

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith(cls.sandbox.endpoint):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.control.reset(products=PRODUCTS)
        TOKENS._tokens.clear()

    def engine_cursors(self):
        """The engine's own cursors see what the test has not committed."""
        if type(self)._registry_patched:
            return nullcontext()
        return self.enter_registry_test_mode()

    def work(self, steps=40):
        """Let a worker do what is due."""
        self.env.flush_all()
        with self.engine_cursors():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(steps):
                if not worker.step():
                    break
        self.env.invalidate_all()

    def sync(self, **parameters):
        """Read the catalogue as the engine does, without its commits; the steps."""
        steps = []
        for step in self.channel.sudo()._job_catalog_sync({}, parameters):
            self.env.flush_all()
            steps.append(step)
        return steps

    def staged(self, external_id):
        return self.env["orion.marketplace.product"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "=", external_id)]
        )

    def publish(self, *external_ids):
        """Make products of these rows."""
        rows = self.env["orion.marketplace.product"].union(*map(self.staged, external_ids))
        rows.publish()
        return rows.product_id
