"""What the tests of delivery share: a mail server that keeps what it was given."""

from contextlib import nullcontext

from odoo.addons.mail.tests.common import MockEmail

from .common import KeysCase


class InTestModeMixin:
    """For tests of HTTP, which are in the registry's test mode all the time."""

    def enter_registry_test_mode(self):
        return nullcontext()


class KeyMailCase(KeysCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.game.orion_activation_instructions = "<p>Enter it in <b>Steam</b>.</p>"
        cls.game.product_tmpl_id.update_field_translations(
            "orion_activation_instructions",
            {"fr_FR": {"Enter it in <b>Steam</b>.": "Saisissez-la dans <b>Steam</b>."}},
        )

    def delivered(self, quantity=1, product=None, **values):
        """An order whose keys are given and whose e-mail waits in the queue."""
        sale = self.sell(quantity, product, **values)
        self.work()
        return sale

    def queued(self, sale):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "in", sale.ids), ("state", "=", "outgoing")]
        )

    def send(self, sale):
        """Let the queue send what waits for an order, and return what the mail server got."""
        mails = self.queued(sale)
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mails.send()
        self.env.flush_all()
        return list(self._mails)

    def everything_stored_of_mails(self, sale):
        """All columns of e-mails, messages and notes of an order."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(m)::text FROM mail_message m"
            " WHERE m.model = 'sale.order' AND m.res_id = ANY(%s)"
            " UNION ALL SELECT row_to_json(q)::text FROM mail_mail q",
            [sale.ids],
        )
        return "\n".join(row[0] for row in self.env.cr.fetchall())
