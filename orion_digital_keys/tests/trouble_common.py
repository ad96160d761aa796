from decimal import Decimal
from unittest.mock import patch

from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    Balance,
)

from .common import KeysCase, quote


class TroubleCase(KeysCase):
    def setUp(self):
        super().setUp()
        self.game.orion_key_source = "supplier"
        self.channel_2 = self.offer()
        self.offer_1 = self.env["orion.key.offer"].search([("channel_id", "=", self.channel_2.id)])

    def purchases(self):
        return self.env["orion.key.purchase"].search([], order="id")

    def reasons(self, sale):
        return sale.orion_piece_ids.mapped("reason")

    def told(self, channel=None):
        return (channel or self.channel_2).activity_ids

    def another_game(self, external_id, **values):
        """A second product of the same supplier."""
        game = self.create_game(external_id, orion_key_source="supplier")
        self.supplier.quotes[external_id] = quote(external_id, **values)
        self.env["orion.key.offer"].create(
            {
                "product_id": game.id,
                "channel_id": self.channel_2.id,
                "external_id": external_id,
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        return game

    def failing(self, name, errors):
        """The supplier answers what is asked for one of `errors` with an error."""
        method = getattr(self.supplier, name)

        def asked(given):
            for one in given if isinstance(given, list) else [given]:
                if one in errors:
                    raise errors[one]
            return method(given)

        setattr(self.supplier, name, asked)

    def notes_of_demand(self):
        """Ids of the products that marketplaces are told of from now on; a set that grows."""
        noted = set()
        demand = self.env.registry["orion.demand"]
        original = demand._note_changed

        def note(model, product_ids):
            noted.update(product_ids)
            return original(model, product_ids)

        self.startPatcher(patch.object(demand, "_note_changed", note))
        return noted

    def refuse_always(self, error):
        refuse = self.supplier._order

        def always(order):
            self.supplier.refusal = error
            return refuse(order)

        self.supplier._order = always
        return lambda: setattr(self.supplier, "_order", refuse)

    def quarter_hours(self, times):
        for _time in range(times):
            self.env["orion.digital.piece"]._cron_try_again()
            self.time_passes()
            self.work()

    def has_money(self, usable):
        """So much can be spent, less what was bought."""

        def balance():
            spent = sum(order.total for order in self.supplier.orders.values())
            left = Decimal(usable) - spent
            return Balance(left, Decimal(0), left)

        self.supplier.balance = balance
