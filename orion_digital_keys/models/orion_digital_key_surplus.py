from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.orion_base.rpc import MANAGER, check_caller


class OrionDigitalKey(models.Model):
    """Keys that a supplier sent beyond those that were bought: locked until a person has asked
    whose they are."""

    _inherit = "orion.digital.key"

    is_surplus = fields.Boolean(
        string="Surplus",
        readonly=True,
        copy=False,
        help="Sent by a supplier beyond what was bought. Locked until a Manager puts it into the "
        "pool or throws it away.",
    )

    # === PUBLIC === #

    def release_surplus(self):
        """Put surplus keys into the pool: they are sold to whoever comes next.

        :return: `{"released": n}`
        :raise UserError: when one of the keys is no surplus key
        """
        purchases = self._take_surplus()
        keys = self.sudo()
        keys.write({"state": "available", "is_surplus": False, "reason": False})
        keys._pools_changed()
        purchases._surplus_settled(
            self.env._(
                "%(user)s put surplus keys into the pool: %(count)s.",
                user=self.env.user.name,
                count=len(self),
            )
        )
        return {"released": len(self)}

    def discard_surplus(self):
        """Throw surplus keys away: they stay locked for good.

        :return: `{"discarded": n}`
        :raise UserError: when one of the keys is no surplus key
        """
        purchases = self._take_surplus()
        said = self.env._(
            "%(user)s threw surplus keys away: %(count)s.",
            user=self.env.user.name,
            count=len(self),
        )
        self.sudo().write({"is_surplus": False, "reason": said})
        purchases._surplus_settled(said)
        return {"discarded": len(self)}

    # === ACTIONS === #

    def action_release_surplus(self):
        """Put them into the pool, and show what became of them."""
        self.release_surplus()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_discard_surplus(self):
        """Throw them away, and show what became of them."""
        self.discard_surplus()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === PRIVATE === #

    def _take_surplus(self):
        """Lock these keys; the purchases they came with."""
        check_caller(self, MANAGER, "read")
        keys = self.sudo()
        keys.lock_for_update(allow_referencing=True)
        if not keys or any(not key.is_surplus for key in keys):
            raise UserError(
                self.env._(
                    "Choose surplus keys only: keys that a supplier sent beyond what was bought, "
                    "and of which nobody has said yet what becomes of them."
                )
            )
        return keys.batch_id.purchase_id
