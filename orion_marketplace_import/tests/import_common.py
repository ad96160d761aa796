import base64

from odoo.tests import TransactionCase

from odoo.addons.orion_base.engine.worker import Worker

HEADER = "id,title,description,price,gtin,brand,availability,quantity,Voltage\n"


def row(number, title="Product", price="9.90", **values):
    """A line of a feed."""
    cells = {"gtin": "", "brand": "B", "quantity": "4", "voltage": "220", **values}
    return (
        f"P{number},{title} {number},Text,{price},{cells['gtin']},{cells['brand']},in stock,"
        f"{cells['quantity']},{cells['voltage']}\n"
    )


def encoded(content):
    """A file as RPC takes it."""
    content = content.encode() if isinstance(content, str) else content
    return base64.b64encode(content).decode()


def feed(*rows):
    """A feed of these lines, as RPC takes it."""
    return encoded(HEADER + "".join(rows))


class ImportCase(TransactionCase):
    """A company with a channel that imports feeds; all three languages are active."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.company = cls.env["res.company"].create({"name": "Feeds & Co"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.channel = cls.env["orion.channel"].create(cls._channel_values())

    @classmethod
    def _channel_values(cls):
        return {"name": "Feeds", "marketplace": "storefront", "company_id": cls.company.id}

    @property
    def jobs(self):
        return self.env["orion.import.job"]

    @property
    def staged(self):
        return self.env["orion.marketplace.product"]

    def start(self, content=None, language="fr", **values):
        answer = self.jobs.start_import(
            channel_id=self.channel.id, content_base64=content, language=language, **values
        )
        return self.jobs.browse(answer["job_id"])

    def run_job(self, job):
        """Run the import as the engine does, without its commits."""
        for _step in self.channel.sudo()._job_feed_import({}, {"job_id": job.id}):
            self.env.flush_all()
        return job

    def imported(self, *rows, **values):
        return self.run_job(self.start(feed(*rows), **values))

    def product(self, number):
        return self.staged.search([("external_id", "=", f"P{number}")])

    def work(self):
        """Let a worker do what is due."""
        with self.enter_registry_test_mode():
            worker = Worker(self.env.registry, sleep=lambda seconds: None)
            for _step in range(20):
                if not worker.step():
                    break
        self.env.invalidate_all()
