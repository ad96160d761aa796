from odoo.tests import TransactionCase


class TestPool(TransactionCase):
    def test_models(self):
        self.assertTrue(self.env["orion.digital.key"]._fields["value"].store)
