from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.rpc import MANAGER, check_caller

from .. import vault


class OrionDigitalKey(models.Model):
    """What people do with keys on their screens."""

    _inherit = "orion.digital.key"

    @api.depends("masked", "product_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for key in self:
            key.display_name = f"{key.product_id.display_name} ({key.masked})"

    def action_open_reveal(self):
        """Open the dialog that shows a key once a person says so. The key itself is the answer of
        a POST to `/orion/key/<id>/reveal`, which is noted."""
        self.ensure_one()
        check_caller(self, MANAGER, "read")
        return {
            "type": "ir.actions.client",
            "tag": "orion_key_reveal",
            "target": "new",
            "name": self.env._("Show a Key"),
            "params": {
                "key_id": self.id,
                "masked": self.masked,
                "product": self.product_id.display_name,
            },
        }

    def action_open_lock(self):
        """Ask why these free keys must not be given."""
        check_caller(self, MANAGER, "read")
        return self.env["orion.key.lock"]._open_dialog(self.env._("Lock Keys"), key_ids=self.ids)

    @api.model
    def _known_hashes(self, product, hashes, column="value_hash"):
        """Those of `hashes` that a key of the product has, whatever became of it.

        :param column: `value_hash`, or `likeness_hash` for keys that are nearly the same
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %(column)s FROM orion_digital_key"
                " WHERE product_id = %(product)s AND %(column)s = ANY(%(hashes)s)",
                column=SQL.identifier(column),
                product=product.id,
                hashes=list(hashes),
            )
        )
        return {value_hash for (value_hash,) in rows}

    def _lock_free(self, reason):
        """Take free keys out of the pool for good.

        :param str reason: why; where it quotes one of them, that is masked
        :raise UserError: when one was given meanwhile
        """
        check_caller(self, MANAGER, "read")
        keys = self.sudo()
        hold_rows(keys)
        if any(key.state != "available" for key in keys):
            raise UserError(
                self.env._(
                    "Only free keys can be locked. A key that a customer has is replaced from its "
                    "order."
                )
            )
        keys.write({"state": "invalid", "reason": vault.mask_in(keys, reason)})
        keys._pools_changed()
