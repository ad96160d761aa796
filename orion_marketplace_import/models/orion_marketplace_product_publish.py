from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.orion_base.rpc import MANAGER, check_caller

#: More than these are published in the background.
MOST_AT_ONCE = 500

STATUSES = [
    ("new", "Not Published"),
    ("published", "Published"),
    ("changed", "Changed Since"),
    ("clash", "Clash"),
]
PROBLEMS = [
    ("duplicate_gtin", "Several products have its GTIN"),
    ("packaging", "A packaging has its GTIN"),
    ("archived", "An archived product has its GTIN"),
    ("other_gtin", "The product with its SKU has another GTIN"),
    ("duplicate_sku", "Several products have its SKU"),
    ("taken", "Another row is published as its product"),
    ("same_variant", "Another variant has the same attributes"),
    ("new_attribute", "Its group has no such attribute"),
    ("no_price", "No price"),
    ("no_tax", "No tax with its rate"),
    ("currency", "Currency not active"),
    ("refused", "Refused by Odoo"),
]


class OrionMarketplaceProduct(models.Model):
    """Publishing: the product and the listing a row has become, and why it has not."""

    _inherit = "orion.marketplace.product"

    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_product_created = fields.Boolean(
        string="Made by Publishing", readonly=True, help="Off: the product was there before."
    )
    listing_ids = fields.One2many("orion.listing", "marketplace_product_id", readonly=True)
    published_at = fields.Datetime(string="Published On", readonly=True)
    published_digests = fields.Json(
        readonly=True, help="The row's digests when it was published: others mean a change."
    )
    published_values = fields.Json(
        readonly=True,
        help="What was published last. A value that differs from it in Odoo is the store's own.",
    )
    sale_turns_at = fields.Datetime(
        string="Sale Price Changes On",
        readonly=True,
        help="When the period of its sale price next begins or ends.",
    )
    published_group = fields.Char(
        string="Published in Group",
        readonly=True,
        index="btree_not_null",
        help="The variant group in which its product was made.",
    )
    is_group_left = fields.Boolean(
        string="Group Not Followed",
        readonly=True,
        help="The feed has put it into another variant group, and its product could not follow.",
    )
    group_notice = fields.Char(compute="_compute_group_notice")
    is_held_back = fields.Boolean(
        string="Taken Back",
        readonly=True,
        help="A manager has taken it back: it is published again by hand only.",
    )
    publish_problem = fields.Selection(
        PROBLEMS, string="Clash", readonly=True, index="btree_not_null"
    )
    publish_problem_details = fields.Json(readonly=True)
    publish_problem_text = fields.Char(
        string="Why It Is Not Published", compute="_compute_publish_problem_text"
    )
    publish_status = fields.Selection(
        STATUSES,
        string="Status",
        compute="_compute_publish_status",
        search="_search_publish_status",
    )
    kept_values = fields.Char(
        string="The Store's Own",
        compute="_compute_kept_values",
        help="What was changed in Odoo since it was published, and is not overwritten.",
    )

    _sale_turns_index = models.Index("(sale_turns_at) WHERE sale_turns_at IS NOT NULL")

    # === COMPUTE === #

    @api.depends("published_at", "published_digests", "digests", "publish_problem")
    def _compute_publish_status(self):
        for row in self:
            if row.publish_problem:
                row.publish_status = "clash"
            elif not row.published_at:
                row.publish_status = "new"
            else:
                same = row.published_digests == row.digests
                row.publish_status = "published" if same else "changed"

    def _search_publish_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {
            "clash": Domain("publish_problem", "!=", False),
            "new": Domain("publish_problem", "=", False) & Domain("published_at", "=", False),
            "published": self._published_domain() & ~self._changed_domain(),
            "changed": self._published_domain() & self._changed_domain(),
        }
        return Domain.OR(domains[each] for each in value if each in domains)

    @api.model
    def _published_domain(self):
        return Domain("publish_problem", "=", False) & Domain("published_at", "!=", False)

    @api.model
    def _changed_domain(self):
        """Rows that are not what they were when they were published; compared by the database."""
        changed = SQL(
            "(SELECT id FROM orion_marketplace_product"
            " WHERE published_digests IS DISTINCT FROM digests)"
        )
        return Domain("id", "in", changed)

    @api.depends("publish_problem", "publish_problem_details")
    @api.depends_context("lang")
    def _compute_publish_problem_text(self):
        for row in self:
            row.publish_problem_text = row._problem_sentence()

    @api.depends("is_group_left", "item_group_id")
    @api.depends_context("lang")
    def _compute_group_notice(self):
        for row in self:
            row.group_notice = row.is_group_left and row._group_sentence()

    @api.depends("published_values", "product_id", "listing_ids")
    def _compute_kept_values(self):
        kept = self.env["orion.publisher"].sudo()._kept_values(self.sudo())
        for row in self:
            row.kept_values = ", ".join(kept.get(row.id, ()))

    def _group_sentence(self):
        if not self.item_group_id:
            return self.env._(
                "The feed says that it is no variant any more. Its product has stock, orders or "
                "changes of yours and stays a variant; price and texts go on. To follow the feed, "
                "take it back here, make a product for it, and choose that one here."
            )
        return self.env._(
            "The feed has put it into the variant group “%(group)s”. Its product has stock, orders "
            "or changes of yours and stays where it is; price and texts go on. To follow the feed, "
            "take it back here, add a variant to the product of that group, and choose it here.",
            group=self.item_group_id,
        )

    def _problem_sentence(self):
        """What is wrong, and what to do; False without a problem."""
        if not self.publish_problem:
            return False
        said = {name: str(value) for name, value in (self.publish_problem_details or {}).items()}
        sentences = self._problem_sentences(
            said.get("products", ""), said.get("value", ""), said.get("message", "")
        )
        return sentences[self.publish_problem]

    def _problem_sentences(self, products, value, message):
        return {
            "duplicate_gtin": self.env._(
                "%(products)s have the GTIN %(value)s. Leave it to one of them.",
                products=products,
                value=value,
            ),
            "packaging": self.env._(
                "A packaging of %(products)s has the GTIN %(value)s. Remove one of both.",
                products=products,
                value=value,
            ),
            "archived": self.env._(
                "%(products)s is archived and has the GTIN %(value)s. Restore it, or clear its "
                "barcode.",
                products=products,
                value=value,
            ),
            "other_gtin": self.env._(
                "%(products)s has this SKU, but not the GTIN %(value)s. Correct one of both.",
                products=products,
                value=value,
            ),
            "duplicate_sku": self.env._(
                "%(products)s have the SKU %(value)s. Leave it to one of them.",
                products=products,
                value=value,
            ),
            "taken": self.env._(
                "The row %(value)s of this channel is published as %(products)s. Correct the "
                "GTIN of one of both in the feed.",
                products=products,
                value=value,
            ),
            "same_variant": self.env._(
                "A variant of its group is “%(value)s” already. Correct the feed.", value=value
            ),
            "new_attribute": self.env._(
                "Its group was published without %(value)s. Add the attribute and this variant "
                "to the product, then choose it here.",
                value=value,
            ),
            "no_price": self.env._("The feed gives no price."),
            "no_tax": self.env._(
                "There is no sales tax of %(value)s %% in this company. Create it, and publish "
                "again.",
                value=value,
            ),
            "currency": self.env._(
                "Its price is in %(value)s. Activate this currency, and publish again.",
                value=value,
            ),
            "refused": message,
        }

    # === PUBLIC === #

    def publish(self):
        """Publish these rows: make or find their products and listings, and write what has
        changed at the source since they were published last. What the store has changed stays.

        :return: `{published, updated, unchanged, clashes}`, counts of rows
        :raise UserError: more than 500 rows; `orion.channel.publish_products` publishes all
        """
        check_caller(self, MANAGER, "read")
        if len(self) > MOST_AT_ONCE:
            raise UserError(
                self.env._(
                    "Publish at most %(count)s products at once, or all of the channel in the "
                    "background.",
                    count=MOST_AT_ONCE,
                )
            )
        total = self._publish_now()
        return {
            "published": total.published,
            "updated": total.updated,
            "unchanged": total.unchanged,
            "clashes": total.clashed,
        }

    def unpublish(self):
        """Take these rows back: archive their listings, and those products that were made by
        publishing and are used nowhere. Publishing them again by hand restores both.

        :return: `{unpublished, products_archived}`
        """
        check_caller(self, MANAGER, "read")
        rows = self.filtered("published_at")
        archived = self.env["orion.publisher"]._take_back(rows)
        return {"unpublished": len(rows), "products_archived": archived}

    # === ACTIONS === #

    def action_publish(self):
        """Publish what is selected: at once, or in the background when it is much."""
        check_caller(self, MANAGER, "read")
        if len(self) > MOST_AT_ONCE:
            for channel, rows in self.grouped("channel_id").items():
                channel._request_publishing({"ids": rows.ids})
            return self._notify(
                self.env._("%(count)s products are published in the background.", count=len(self)),
                "info",
            )
        total = self._publish_now()
        return self._notify(
            self.env["orion.publisher"]._tell(total), "warning" if total.clashed else "success"
        )

    def action_unpublish(self):
        """Take the selected products back from the channel."""
        result = self.unpublish()
        message = self.env._(
            "%(rows)s products were taken back, %(archived)s archived.",
            rows=result["unpublished"],
            archived=result["products_archived"],
        )
        return self._notify(message, "success")

    def action_link(self):
        """Open the dialog in which a manager says which product the row is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose Its Product"),
            "res_model": "orion.publish.link",
            "view_mode": "form",
            "target": "new",
            "context": {"default_marketplace_product_id": self.id},
        }

    def action_view_product(self):
        """The product this row is published as."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_listing(self):
        """The listing, where the store's own values are set."""
        self.ensure_one()
        listing = self.with_context(active_test=False).listing_ids[:1]
        return {
            "type": "ir.actions.act_window",
            "res_model": "orion.listing",
            "res_id": listing.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === PRIVATE === #

    def _gives_way(self):
        """Whether another row may become this one's product: the feed lacks it, or a manager has
        taken it back."""
        self.ensure_one()
        return bool(self.missing_since or (self.is_held_back and not self.published_at))

    def _hand_over(self):
        """Leave the product to another row, as when a shop gives its products new ids.

        :return: what that row goes on with: values of what was published
        """
        self.ensure_one()
        values = {
            "published_values": self.published_values,
            "is_product_created": self.is_product_created,
            "published_group": self.published_group,
        }
        self.write(
            {
                "product_id": False,
                "is_product_created": False,
                "published_at": False,
                "published_digests": False,
                "published_values": False,
                "publish_problem": False,
                "sale_turns_at": False,
                "published_group": False,
                "is_group_left": False,
            }
        )
        return values

    def _publish_now(self):
        publisher = self.env["orion.publisher"]
        return publisher._sum(
            publisher._publish(channel, rows.ids)
            for channel, rows in self.grouped("channel_id").items()
        )

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
