from odoo import fields, models

from ..label_pdf import LostLabel
from .orion_shipping_label_fetch import said_values


class OrionShippingLabel(models.Model):
    """Printing labels from their kept files."""

    _inherit = "orion.shipping.label"

    def _printable(self):
        """Those whose file is here and can be in a print with others."""
        return self.filtered(
            lambda label: (
                label.state == "fetched"
                and label.attachment_id
                and (label.kind == "zpl" or label.can_merge)
            )
        )

    def _content(self):
        """The file of one label.

        :raise LostLabel: it is gone
        """
        self.ensure_one()
        attachment = self.sudo().attachment_id
        content = attachment.raw
        # one label in memory at a time
        attachment.invalidate_recordset(["raw", "datas"])
        if not content:
            raise LostLabel.of_server()
        return content

    def _note_printed(self):
        now = fields.Datetime.now()
        for count, labels in self.sudo().grouped("print_count").items():
            labels.write(
                {
                    "printed_at": now,
                    "printed_by_id": self.env.uid,
                    "print_count": count + 1,
                }
            )

    def _note_left_out(self, error):
        """A file that turned out to be none is not in the print that it was counted for.

        :param error: `UnreadableLabel`
        """
        self.ensure_one()
        label = self.sudo()
        values = {
            "can_merge": False,
            "print_count": max(label.print_count - 1, 0),
            **said_values(error),
        }
        if not values["print_count"]:
            values |= {"printed_at": False, "printed_by_id": False}
        if isinstance(error, LostLabel):
            values |= {"state": "failed", "kind": False, "attachment_id": False}
        label.write(values)
