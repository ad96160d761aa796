"""What the tests of channels share: a marketplace of their own, played by a class."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.orion_base import identity, secrets

SECRET = "letz-Zw7qPlainSecret0815"
KEY_A = "passphrase:the first key of the tests"
KEY_B = "passphrase:the second key of the tests"
ENDPOINT = "https://market.example/graphql"


class PlayedAdapter:
    """Keeps the connections it was built with; `error` is raised by `check`."""

    error = None
    connections = []

    def __init__(self, connection):
        self.connections.append(connection)

    def check(self):
        if self.error is not None:
            raise self.error


def use_keys(*keys):
    """Patch: this server has these keys, and no key file."""
    return patch.multiple(secrets, _known_keys=lambda env: keys)


class ChannelCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].search([("key", "=", secrets.CHECK_PARAMETER)]).unlink()
        cls.env["orion.credential"].search([]).unlink()
        identity.confirm_instance(cls.env)
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        channels = cls.env.registry["orion.channel"]
        cls.adapter = type("Adapter", (PlayedAdapter,), {"connections": []})
        labels = {"played": "Played"}
        marketplace = channels._fields["marketplace"]
        stack.enter_context(patch.dict(marketplace._selection, labels))
        stack.enter_context(
            patch.object(marketplace, "selection", [*marketplace.selection, ("played", "Played")])
        )
        stack.enter_context(
            patch.object(
                channels,
                "_adapter_class",
                lambda self, role: cls.adapter if role == "orders" else None,
            )
        )
        stack.enter_context(
            patch.object(
                channels,
                "_default_api_endpoint",
                lambda self, marketplace: ENDPOINT if marketplace == "played" else False,
            )
        )
        stack.enter_context(use_keys(KEY_A))
        cls.manager = new_test_user(
            cls.env,
            "orion_manager",
            groups="orion_base.group_orion_manager,base.group_allow_export",
        )
        cls.user = new_test_user(cls.env, "orion_user", groups="orion_base.group_orion_user")
        cls.clerk = new_test_user(cls.env, "clerk", groups="base.group_user")
        cls.channel = cls._create_channel()

    @classmethod
    def _create_channel(cls, **values):
        return cls.env["orion.channel"].create(
            {"name": "Played shop", "marketplace": "played", **values}
        )

    def as_manager(self, records=None):
        return (self.channel if records is None else records).with_user(self.manager)

    def set_key(self, channel=None, secret=SECRET):
        return self.as_manager(channel).set_credentials(api_key=secret)
