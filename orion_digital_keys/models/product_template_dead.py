from odoo import fields, models

from odoo.addons.orion_base.engine.cursors import hold_rows

from .orion_channel_dead import STOP

#: What the shop itself may have put back meanwhile: nothing is changed again then.
KEPT = "kept"


class ProductTemplate(models.Model):
    """A product of which no key can be had any more is not sold on in the own shop."""

    _inherit = "product.template"

    orion_taken_off = fields.Selection(
        [
            ("unpublished", "Taken off the Website"),
            ("not_sold", "Taken off Sale"),
            (KEPT, "Left on Sale"),
        ],
        string="Without a Source",
        copy=False,
        readonly=True,
        help="What was done when the last supplier gave it up and no key was left. It is undone "
        "by itself once there are keys again.",
    )

    # === CRUD === #

    def write(self, vals):
        """Who puts a product back on sale has decided: it is not taken off again."""
        result = super().write(vals)
        if (vals.get("sale_ok") or vals.get("is_published")) and "orion_taken_off" not in vals:
            taken = self.sudo().filtered(lambda product: product.orion_taken_off)
            taken.filtered(lambda product: product._orion_is_on_sale()).orion_taken_off = KEPT
        return result

    # === BUSINESS === #

    def _orion_is_on_sale(self):
        """Whether customers of the own shop can buy it; on the website, where there is one."""
        self.ensure_one()
        return self.sale_ok and ("is_published" not in self._fields or self.is_published)

    def _orion_follow_sources(self):
        """Stop selling in the own shop what cannot be had any more, where a supplier's channel
        says so, and sell again what can.

        A product of which another variant, or another company, still has a source stays.
        """
        variants = self.sudo().product_variant_ids
        dead, alive = variants._orion_dead_and_alive()
        for product in self.sudo():
            if product.orion_taken_off and product.product_variant_ids & alive:
                product._orion_put_back()
            elif product.product_variant_ids and not product.product_variant_ids - dead:
                product._orion_take_off()

    def _orion_take_off(self):
        self.ensure_one()
        if self.orion_taken_off or not self._orion_is_on_sale():
            return
        channels = self.product_variant_ids._orion_gone_offers().channel_id
        if STOP not in channels.mapped("key_dead_products"):
            return
        # a person may be saving the product while a worker hears of its supplier
        hold_rows(self)
        if "is_published" in self._fields:
            self.write({"is_published": False, "orion_taken_off": "unpublished"})
        else:
            self.write({"sale_ok": False, "orion_taken_off": "not_sold"})
        self._orion_say(
            self._orion_for_key_reader().env._(
                "It was taken off sale, because %(suppliers)s sell it no more and no key is left. "
                "It comes back by itself once there are keys. Who puts it back by hand keeps it on "
                "sale. The supplier's channel says whether this is done.",
                suppliers=", ".join(channels.mapped("name")),
            )
        )

    def _orion_put_back(self):
        self.ensure_one()
        hold_rows(self)
        taken, self.orion_taken_off = self.orion_taken_off, False
        if taken == KEPT:
            return
        name = "is_published" if taken == "unpublished" else "sale_ok"
        if name in self._fields:
            self.write({name: True})
        self._orion_say(
            self._orion_for_key_reader().env._("There are keys of it again: it is back on sale.")
        )

    # === PRIVATE === #

    def _orion_say(self, text):
        self.message_post(body=text, subtype_xmlid="mail.mt_note")

    def _orion_for_key_reader(self):
        """In the language of who is told of products of the current company."""
        user = self.env["orion.alert"].sudo()._responsible(self.env.company)
        return self.with_context(lang=user.lang or self.env.company.sudo().partner_id.lang)
