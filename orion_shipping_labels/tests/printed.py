"""What the tests of labels share: a carrier's server of them."""

from sandbox import LabelSandbox

from .common import LabelsCase


class PrintedCase(LabelsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox = cls.enterClassContext(LabelSandbox())
        cls.env["ir.config_parameter"].set_param("orion_base.allow_private_addresses", "True")
        cls.colissimo.orion_label_url_prefix = cls.sandbox.prefix

    def setUp(self):
        super().setUp()
        # shipments of the same number in several tests are other parcels
        self.parcels = 0

    def sales(self, *kinds, **values):
        """Accepted orders whose labels the carrier answers so."""
        result = self.env["sale.order"]
        for kind in kinds:
            self.parcels += 1
            number = f"H{hash(self.id()) % 10**6:06d}{self.parcels:05d}"
            self.sandbox.app.answer_with(kind, number)
            result |= self.accepted(
                self.order(
                    f"S{self.parcels}",
                    shipment_number=number,
                    **{"shipping_carrier": "colissimo", **values},
                )
            )
        return result

    def fetched(self, sales):
        batch = self.batch_of(sales)
        batch.action_fetch()
        self.work()
        return batch

    def asked(self, sale):
        return self.sandbox.app.asked().get(sale.orion_shipment_number, 0)
