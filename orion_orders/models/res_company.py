from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from odoo.addons.orion_base.engine import make_shared

_lt = LazyTranslate(__name__)

#: Names of the company's own products, in every language that is installed.
_NAMES = {
    "orion_placeholder_product_id": _lt("Unknown marketplace product"),
    "orion_rounding_product_id": _lt("Marketplace rounding"),
}


class ResCompany(models.Model):
    _inherit = "res.company"

    orion_placeholder_product_id = fields.Many2one(
        "product.product",
        string="Placeholder Product",
        help="Stands on marketplace order lines whose product is not known yet.",
    )
    orion_rounding_product_id = fields.Many2one(
        "product.product",
        string="Rounding Product",
        help="Stands on the line that makes an order equal the sum of its sold prices.",
    )

    def _orion_storefront(self):
        """The channel of orders made in Odoo itself; created when it is first needed."""
        self.ensure_one()
        return self._orion_find_storefront() or make_shared(self, "_orion_make_storefront")

    def _orion_find_storefront(self):
        """Archived ones are channels of apps that are gone, or were given up by a person."""
        channels = self.env["orion.channel"].sudo()
        domain = [("marketplace", "=", "storefront"), ("company_id", "=", self.id)]
        return channels.search(domain, order="id", limit=1)

    def _orion_make_storefront(self):
        # two orders at once: the second waits here until the first one's is committed, and
        # its transaction is then repeated by Odoo, because the company changed
        self.env.cr.execute(
            "UPDATE res_company SET write_date = write_date WHERE id = %s",
            (self.id,),
            log_exceptions=False,
        )
        channels = self.env["orion.channel"].sudo()
        return self._orion_find_storefront() or channels.with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True
        ).create(
            {
                "name": self.env._("Storefront"),
                "marketplace": "storefront",
                "company_id": self.id,
                "state": "connected",
                "responsible_id": False,
                "sequence": 100,
            }
        )

    def _orion_placeholder(self):
        """The product that stands for unknown ones; made once a company."""
        self.ensure_one()
        return self._orion_own_product(
            "orion_placeholder_product_id",
            {"type": "consu", "is_storable": False, "default_code": False},
        )

    @api.model
    def _orion_placeholder_ids(self):
        """Ids of the placeholders of all companies, as a subquery: what no search may find."""
        self.flush_model(["orion_placeholder_product_id"])
        return SQL(
            "SELECT orion_placeholder_product_id FROM res_company"
            " WHERE orion_placeholder_product_id IS NOT NULL"
        )

    def _orion_rounding(self):
        """The product of rounding lines; made once a company."""
        self.ensure_one()
        return self._orion_own_product("orion_rounding_product_id", {"type": "service"})

    # === PRIVATE === #

    def _orion_own_product(self, field_name, values):
        found = self.sudo()[field_name]
        if not found:
            found = make_shared(self, "_orion_make_own_product", field_name, values)
        return found.sudo(self.env.su)

    def _orion_make_own_product(self, field_name, values):
        company = self.sudo()
        if not company[field_name]:
            company[field_name] = (
                self.env["product.product"]
                .sudo()
                .with_context(tracking_disable=True)
                .create(
                    {
                        **values,
                        "name": self.env._(_NAMES[field_name]),
                        "company_id": self.id,
                        "sale_ok": False,
                        "purchase_ok": False,
                        "list_price": 0.0,
                        "taxes_id": False,
                        "invoice_policy": "order",
                    }
                )
            )
            company[field_name].product_tmpl_id.update_field_translations(
                "name",
                {
                    code: self.with_context(lang=code).env._(_NAMES[field_name])
                    for code, _label in self.env["res.lang"].get_installed()
                },
            )
        return company[field_name]
