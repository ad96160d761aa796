from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from odoo.addons.orion_base.lib.gtin import canonical_gtin
from odoo.addons.orion_base.rpc import MANAGER


class OrionProductAlias(models.Model):
    """A GTIN or SKU under which a product is sold too, as somebody has said once."""

    _name = "orion.product.alias"
    _description = "Product Alias"
    _order = "kind, value"
    _rec_name = "value"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection([("gtin", "GTIN"), ("sku", "SKU")], required=True, default="gtin")
    value = fields.Char(
        required=True, help="The GTIN in any notation, kept in 14 digits; or the SKU."
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", check_company=True
    )
    exception_id = fields.Many2one(
        "orion.order.exception",
        string="Learned From",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The resolution it was learned from; empty when somebody entered it.",
    )
    learned_by = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who taught it by resolving, and may take it away again.",
    )
    former_ids = fields.One2many(
        "orion.product.alias.former",
        "alias_id",
        string="Taught Before",
        readonly=True,
        help="What it stood for before; it comes back when the present product is undone.",
    )
    entered_product_id = fields.Many2one(
        "product.product",
        string="Entered Before",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What somebody had entered before a resolution taught another product.",
    )

    _value_unique = models.UniqueIndex(
        "(company_id, kind, value)", "This GTIN or SKU is the alias of a product already."
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create(
            [
                {**vals, "value": self._normal(vals.get("kind") or "gtin", vals.get("value"))}
                for vals in vals_list
            ]
        )
        aliases._note_for_matching()
        return aliases

    def write(self, vals):
        if {"kind", "value", "product_id"} & vals.keys() and "learned_by" not in vals:
            # what somebody corrects is no longer what was learned
            vals = {"learned_by": False, **vals}
            self.sudo().former_ids.unlink()
        if not {"kind", "value"} & vals.keys():
            result = super().write(vals)
        else:
            self._note_for_matching()
            for alias in self:
                value = self._normal(vals.get("kind", alias.kind), vals.get("value", alias.value))
                super(OrionProductAlias, alias).write({**vals, "value": value})
            result = True
        self._note_for_matching()
        return result

    def unlink(self):
        """Users take away what they have taught themselves. Where an alias contradicted the
        catalogue, the catalogue alone may be sure."""
        self._check_removable()
        self._note_for_matching()
        return super().unlink()

    @api.model
    def _normal(self, kind, value):
        """The form in which values are compared.

        :raise ValidationError: when it is no GTIN, or empty
        """
        text = str(value or "").strip()
        if kind == "sku" and text:
            return text
        canonical = canonical_gtin(text)
        if kind == "gtin" and canonical:
            return canonical
        raise ValidationError(
            self.env._(
                "“%(value)s” is no GTIN: it needs 8, 12, 13 or 14 digits with the right check "
                "digit. For an article number, choose the kind SKU.",
                value=text,
            )
            if kind == "gtin"
            else self.env._("Enter the SKU that marketplaces sell the product under.")
        )

    # === BUSINESS === #

    @api.model
    def _usable(self, channel, values):
        """`(kind, value, product id, its barcode)` of aliases whose product can be sold on a
        channel: active, for sale, of its company or of all. One query."""
        if not values:
            return []
        self.flush_model()
        self.env["product.product"].flush_model(["barcode", "active"])
        self.env["product.template"].flush_model(["company_id", "sale_ok"])
        company = channel.company_id
        return self.env.execute_query(
            SQL(
                """
                SELECT alias.kind, alias.value, product.id, product.barcode
                  FROM orion_product_alias alias
                  JOIN product_product product ON product.id = alias.product_id AND product.active
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE alias.company_id = %s AND alias.value = ANY(%s) AND template.sale_ok
                   AND product.id NOT IN (%s)
                   AND (template.company_id IS NULL OR template.company_id = ANY(%s))
                """,
                company.id,
                list(values),
                company._orion_placeholder_ids(),
                company.parent_ids.ids,
            )
        )

    @api.model
    def _remember(self, said, needless=frozenset()):
        """Learn, or relearn.

        :param said: `{(company, kind, value): (product, exception)}`
        :param needless: keys of these of which no new alias is made; one that is there is
            brought up to date, or it would contradict what was said
        :return: the aliases that are new or changed
        """
        aliases = self.sudo()
        values = {value for _company, _kind, value in said}
        known = {
            (alias.company_id, alias.kind, alias.value): alias
            for alias in aliases.search([("value", "in", list(values))])
        }
        fresh, changed, former = [], aliases.browse(), []
        for key, (product, exception) in said.items():
            company, kind, value = key
            news = {
                "product_id": product.id,
                "exception_id": exception.id,
                "learned_by": self.env.uid,
            }
            if key in needless and key not in known:
                continue
            if key not in known:
                fresh.append({"company_id": company.id, "kind": kind, "value": value, **news})
            elif known[key].product_id != product:
                if known[key].exception_id and known[key].learned_by:
                    former.append(known[key]._prepare_former())
                else:
                    news["entered_product_id"] = known[key].product_id.id
                known[key].write(news)
                changed |= known[key]
        self.env["orion.product.alias.former"].sudo().create(former)
        return (changed | aliases.create(fresh)).sudo(self.env.su)

    def _forget(self):
        """Take back what was learned. What was taught before it comes back while a person's
        resolution rests on it; else what somebody had entered before."""
        gone, passed = self.browse(), self.former_ids.browse()
        former_of = self.former_ids._standing()
        for alias in self:
            former = former_of.get(alias)
            if former:
                alias.write(former._prepare_return())
                passed |= alias.former_ids.filtered(lambda one, last=former: one.id >= last.id)
            elif alias.entered_product_id:
                alias.write(
                    {
                        "product_id": alias.entered_product_id.id,
                        "exception_id": False,
                        "entered_product_id": False,
                        "learned_by": False,
                    }
                )
                passed |= alias.former_ids
            else:
                gone |= alias
        passed.unlink()
        gone.unlink()

    # === PRIVATE === #

    def _check_removable(self):
        """:raise AccessError: with a sentence, where the rules would only say no"""
        if self.env.su or self.env.user.has_group(MANAGER):
            return
        for alias in self:
            if alias.sudo().entered_product_id or alias.sudo().former_ids:
                raise AccessError(
                    self.env._(
                        "“%(value)s” stood for another product before. Undo your resolution, and "
                        "it does again; or ask a Marketplace Manager to remove it.",
                        value=alias.value,
                    )
                )
            if alias.learned_by != self.env.user:
                raise AccessError(
                    self.env._(
                        "“%(value)s” was not learned from you. Ask a Marketplace Manager to "
                        "remove it.",
                        value=alias.value,
                    )
                )

    def _prepare_former(self):
        """Values of a row that keeps what this alias says, before it says something else."""
        self.ensure_one()
        return {
            "alias_id": self.id,
            "product_id": self.product_id.id,
            "exception_id": self.exception_id.id,
            "learned_by": self.learned_by.id,
        }

    def _key(self):
        self.ensure_one()
        return self.company_id, self.kind, self.value, self.product_id

    def _note_for_matching(self):
        """Exceptions may wait for these."""
        self.env["orion.order.exception"]._note_aliases(
            {(alias.kind, alias.value) for alias in self}
        )
