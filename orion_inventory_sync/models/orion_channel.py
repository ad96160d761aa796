from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..lib.stock_adapter import ROLE, VERB
from ..lib.stock_rule import StockRule
from .orion_schedule import JOB

#: What decides about quantities: after a change all listings are compared.
RULE_FIELDS = frozenset(
    {
        "safety_stock",
        "out_of_stock_threshold",
        "sync_zero_stock",
        "stock_percent",
        "stock_limit",
        "stock_warehouse_ids",
        "stock_location_ids",
    }
)
#: What decides when the workers look.
TIME_FIELDS = frozenset(
    {"stock_sync_enabled", "sync_strategy", "stock_sync_interval_minutes", "active"}
)
SHORTEST_INTERVAL, LONGEST_INTERVAL = 1, 1440


class OrionChannel(models.Model):
    """What a channel is told of the stock, and when."""

    _inherit = "orion.channel"

    # === FIELDS === #

    stock_sync_enabled = fields.Boolean(
        string="Send Stock", tracking=True, help="Tell this channel how many pieces it may sell."
    )
    sync_strategy = fields.Selection(
        [("realtime", "Real Time"), ("scheduled", "Scheduled"), ("manual", "By Hand")],
        string="Stock Is Sent",
        required=True,
        default="scheduled",
        tracking=True,
        help="Real time: seconds after every change. Scheduled: what has changed, at the interval. "
        "By hand: when somebody asks for it.",
    )
    stock_sync_interval_minutes = fields.Integer(
        string="Stock Interval", default=15, help="Minutes between two regular looks, 1 to 1440."
    )
    safety_stock = fields.Integer(
        tracking=True, help="Pieces of each product held back from this channel."
    )
    out_of_stock_threshold = fields.Integer(
        tracking=True,
        help="When no more pieces than this are left, 0 is told, so that the last ones cannot be "
        "sold twice.",
    )
    sync_zero_stock = fields.Boolean(
        string="Send Products without Stock",
        default=True,
        tracking=True,
        help="Off: products that were never above zero are left out. A fall to zero is always "
        "sent.",
    )
    stock_percent = fields.Integer(
        string="Share of the Stock",
        default=100,
        tracking=True,
        help="Percent of the available pieces that this channel may sell.",
    )
    stock_limit = fields.Integer(
        string="Most Pieces Shown", tracking=True, help="Most pieces told. Zero: no limit."
    )
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Whose stock counts. Empty: all warehouses of the company.",
    )
    stock_location_ids = fields.Many2many(
        "stock.location",
        string="Locations",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Just these places, with all within them. Empty: the whole warehouses.",
    )
    stock_enabled_at = fields.Datetime(readonly=True, copy=False)
    stock_compared_at = fields.Datetime(
        string="All Compared On",
        readonly=True,
        copy=False,
        help="When all listings were last compared with the stock, and with the marketplace where "
        "it can be asked.",
    )
    stock_comparing_at = fields.Datetime(
        string="Comparison Under Way Since",
        readonly=True,
        copy=False,
        help="When the comparison that is under way began. Empty: none is, or what decides about "
        "quantities has changed since it began.",
    )
    stock_drift_count = fields.Integer(
        string="Drift",
        readonly=True,
        copy=False,
        help="Listings of which the marketplace had another quantity than it was told, at the last "
        "comparison. They were told again.",
    )
    stock_read_at = fields.Datetime(
        string="Marketplace Read On",
        readonly=True,
        copy=False,
        help="When the marketplace itself was last asked about all listings. Empty: it cannot be "
        "asked, or has not answered yet.",
    )
    has_stock_sync = fields.Boolean(compute="_compute_stock_sync")
    stock_is_fetched = fields.Boolean(
        compute="_compute_stock_sync", help="The marketplace fetches the stock itself."
    )

    _stock_numbers = models.Constraint(
        "CHECK (safety_stock >= 0 AND out_of_stock_threshold >= 0 AND stock_limit >= 0)",
        "Safety stock, out-of-stock threshold and most pieces shown cannot be negative.",
    )
    _stock_percent_range = models.Constraint(
        "CHECK (stock_percent BETWEEN 0 AND 100)", "The share of the stock is 0 to 100 percent."
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends("marketplace")
    def _compute_stock_sync(self):
        for channel in self:
            adapter = channel.marketplace and channel._adapter_class(ROLE)
            channel.has_stock_sync = bool(adapter)
            channel.stock_is_fetched = bool(adapter and adapter.is_fetched)

    @api.constrains("stock_sync_interval_minutes")
    def _check_stock_interval(self):
        for channel in self:
            minutes = channel.stock_sync_interval_minutes
            if not SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL:
                raise ValidationError(
                    self.env._(
                        "The stock interval must be between %(least)s and %(most)s minutes.",
                        least=SHORTEST_INTERVAL,
                        most=LONGEST_INTERVAL,
                    )
                )

    @api.constrains("stock_sync_enabled")
    def _check_takes_stock(self):
        for channel in self.filtered("stock_sync_enabled"):
            if channel._adapter_class(ROLE) is None:
                raise ValidationError(
                    self.env._(
                        "%(channel)s takes no stock: it is Odoo's own, or the marketplace's app "
                        "does not send any.",
                        channel=channel.name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels.filtered("stock_sync_enabled")._follow_stock_settings(compare=True)
        return channels

    def write(self, vals):
        if not (RULE_FIELDS | TIME_FIELDS) & vals.keys():
            return super().write(vals)
        before = dict(self._stock_channels())
        sending = self.filtered("stock_sync_enabled")
        result = super().write(vals)
        self._clear_stock_channels()
        after = self._stock_channels()
        # what changed while a channel followed nothing was noted nowhere
        entering = self.filtered(lambda one: one.id in after and one.id not in before)
        if RULE_FIELDS & vals.keys() or vals.get("stock_sync_enabled"):
            entering = self
        entering._follow_stock_settings(compare=True)
        (self - entering)._follow_stock_settings(compare=False)
        self.filtered(lambda one: one.id in before and one.id not in after)._forget_stock_changes()
        (sending - sending.filtered("stock_sync_enabled"))._withdraw_waiting_stock()
        return result

    def unlink(self):
        self._forget_stock_changes()
        self._clear_stock_channels()
        return super().unlink()

    # === BUSINESS: settings === #

    @api.model
    @tools.ormcache()
    def _stock_channels(self):
        """`{id: told in real time}` of the channels that follow changes of stock; asked with
        every change, so it costs nothing."""
        return {
            channel.id: channel.sync_strategy == "realtime"
            for channel in self.sudo()
            .with_context(active_test=True)
            .search([("stock_sync_enabled", "=", True), ("sync_strategy", "!=", "manual")])
        }

    @api.model
    @tools.ormcache()
    def _shelf_channels(self):
        """Ids of the channels that follow changes of stock, and for which single locations
        count."""
        channels = self.sudo().browse(self._stock_channels())
        return frozenset(channels.filtered("stock_location_ids").ids)

    @api.model
    def _clear_stock_channels(self):
        """Also once the change is committed: another thread may have read the former one."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _follow_stock_settings(self, compare):
        """Bring schedules and capture in line with the settings.

        :param compare: look at all listings again
        """
        self._clear_stock_channels()
        for channel in self.sudo():
            if compare:
                # a comparison under way has looked at a part by the former rule
                values = {"stock_compared_at": False, "stock_comparing_at": False}
                if channel.stock_sync_enabled:
                    values["stock_enabled_at"] = fields.Datetime.now()
                channel.write(values)
            channel._follow_stock_schedule(compare)

    def _forget_told_stock(self):
        """The channel gets its stock in another way now, where nothing is known yet."""
        if not self:
            return
        self._withdraw_waiting_stock()
        listings = self.env["orion.listing"].sudo().with_context(active_test=False)
        told = listings.search([("channel_id", "in", self.ids), ("stock_status", "!=", "none")])
        told.write(
            {
                "stock_status": "none",
                "stock_told_sku": False,
                # what is being sent the former way at this moment says nothing of the new one
                "stock_version": told._next_version(),
            }
        )
        self.filtered("stock_sync_enabled")._follow_stock_settings(compare=True)

    def _withdraw_waiting_stock(self):
        """Quantities that wait are not sent any more. What a worker holds at this moment is
        looked at by it, right before it is sent."""
        operations = self.env["orion.operation"].sudo()
        operations.flush_model(["status"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM orion_operation
                 WHERE channel_id = ANY(%s) AND operation = %s AND status IN ('pending', 'unknown')
                   FOR UPDATE SKIP LOCKED
                """,
                self.ids,
                VERB,
            ),
            log_exceptions=False,
        )
        operations.browse(row[0] for row in self.env.cr.fetchall())._withdraw_stock(
            "The channel is not sent stock any more, or in another way."
        )

    def _forget_stock_changes(self):
        """What these channels did not look at is looked at with everything, once they follow
        again."""
        self.env.cr.execute(
            SQL("DELETE FROM orion_stock_change WHERE channel_id = ANY(%s)", self.ids),
            log_exceptions=False,
        )

    @api.model
    def _compare_stock_of(self, companies):
        """Which places count has changed: look at all listings of these companies again."""
        channels = self.sudo().browse(self._stock_channels())
        channels.filtered(lambda one: one.company_id in companies)._follow_stock_settings(
            compare=True
        )

    def _pushes_stock(self):
        """Whether quantities are sent to this channel."""
        self.ensure_one()
        adapter_class = self._adapter_class(ROLE)
        return (
            self.stock_sync_enabled and adapter_class is not None and not adapter_class.is_fetched
        )

    def _follow_stock_schedule(self, compare):
        self.ensure_one()
        schedule = self.schedule_ids.filtered(lambda one: one.job_type == JOB)
        wanted = self.stock_sync_enabled and self.sync_strategy != "manual"
        if not schedule and not self.stock_sync_enabled:
            return
        values = {"enabled": wanted, "interval_minutes": self.stock_sync_interval_minutes}
        if not schedule:
            self.env["orion.schedule"].create({"channel_id": self.id, "job_type": JOB, **values})
            return
        changed = {name: value for name, value in values.items() if schedule[name] != value}
        if changed:
            schedule.write(changed)
        if wanted and compare:
            schedule._start_soon()

    def _default_schedules(self):
        schedules = super()._default_schedules()
        if self._adapter_class(ROLE) is not None:
            schedules.append({"channel_id": self.id, "job_type": JOB, "enabled": False})
        return schedules

    # === BUSINESS: the rule === #

    def _stock_rule(self, listing=None):
        """The `StockRule` of this channel, with what a listing has of its own."""
        self.ensure_one()
        own = listing is not None and listing.stock_policy == "own"
        return StockRule(
            percent=self.stock_percent,
            safety_stock=listing.safety_stock if own else self.safety_stock,
            threshold=self.out_of_stock_threshold,
            limit=listing.stock_limit if own else self.stock_limit,
            tell_zero=self.sync_zero_stock,
        )

    def _told_quantities(self, products):
        """By this addon's rules, once stock is sent to the channel."""
        if not self.stock_sync_enabled:
            return super()._told_quantities(products)
        listings = self.env["orion.listing"].search(
            [("channel_id", "=", self.id), ("product_id", "in", products.ids)]
        )
        return listings._told_of(self, products)
