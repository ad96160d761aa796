import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.orion_base.lib.job import PAUSE, JobStep
from odoo.addons.orion_base.rpc import MANAGER, check_caller

#: Rows in one step: about a second.
BATCH = 500
PUBLISH, IMAGES = "publish", "publish_images"


class OrionChannel(models.Model):
    """Publishing the staged products of a channel, by hand or by rule."""

    _inherit = "orion.channel"

    publish_rule = fields.Selection(
        [
            ("manual", "By hand only"),
            ("changes", "Changes of published products"),
            ("all", "New products and changes"),
        ],
        required=True,
        default="manual",
        help="What is published by itself after an import.",
    )
    publish_domain = fields.Char(
        string="Only Products", help="Which staged products the rule publishes. Empty: all."
    )
    publish_missing = fields.Selection(
        [("keep", "Stay as they are"), ("archive", "Are archived until they are back")],
        string="Listings Missing in the Feed",
        required=True,
        default="keep",
        help="What happens to listings whose product a full feed lacks.",
    )

    @api.constrains("publish_domain")
    def _check_publish_domain(self):
        for channel in self.filtered("publish_domain"):
            channel._publish_filter()

    def write(self, vals):
        restored = self.filtered(
            lambda channel: (
                channel.publish_missing == "archive" and vals.get("publish_missing") == "keep"
            )
        )
        result = super().write(vals)
        for channel in restored:
            # listings that were archived as missing come back
            channel._request_publishing({"rule": "manual"})
        return result

    # === PUBLIC === #

    def publish_products(self):
        """Publish in the background all that is staged and not published as it is; what was
        taken back, and what the feed lacks, is left alone.

        :return: `{log_id}`, an `orion.sync.log` with the progress
        """
        self.ensure_one()
        check_caller(self, MANAGER, "read")
        return {"log_id": self._request_publishing({"rule": "all"}).id}

    # === ACTIONS === #

    def action_publish_products(self):
        """Publish everything in the background."""
        self.publish_products()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The products are published in the background; “Sync Logs” shows how far."
                ),
            },
        }

    def action_view_categories(self):
        """Which product category each category of the feeds stands for."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_category_mapping"
            ),
            "domain": [("channel_id", "=", self.id)],
            "context": {"default_channel_id": self.id},
        }

    # === HOOKS === #

    def _job_direction(self, job_type):
        return "internal" if job_type in (PUBLISH, IMAGES) else super()._job_direction(job_type)

    def _after_feed_import(self):
        """An import has ended: do what the channel's rule says, once the last one has."""
        self.ensure_one()
        waiting = self.env["orion.import.job"].search_count(
            [("channel_id", "=", self.id), ("status", "in", ("pending", "processing"))], limit=1
        )
        if not waiting and (self.publish_rule != "manual" or self.publish_missing != "keep"):
            self._request_publishing({"rule": self.publish_rule}, "scheduler")

    def _after_job(self, log):
        result = super()._after_job(log)
        if log.operation_type == PUBLISH and log.status != "failed":
            self._tell_published(log)
        return result

    # === JOBS === #

    def _request_publishing(self, parameters, triggered_by=None):
        """Have the workers publish; returns the log."""
        log = self.sudo()._request_job(PUBLISH, parameters, triggered_by or f"user:{self.env.uid}")
        return log.sudo(self.env.su)

    def _job_publish(self, state, parameters):
        """Publish in batches, then what the feed lacks, then have the pictures fetched.

        :param parameters: `{"ids": [...]}` of staged rows, or `{"rule": …}` as `publish_rule`; with
            `sale_until` only of those whose sale price begins or ends to hold by that moment
        """
        publisher = self.env["orion.publisher"]
        sale_until = parameters.get("sale_until")
        if "after" not in state:
            publisher._follow_sale_periods(self, sale_until or fields.Datetime.now())
        todo = self._rows_to_publish(parameters, state.get("after"))
        if "after" not in state:
            yield JobStep(total=len(todo), state={"after": ["", 0]})
        for start in range(0, len(todo), BATCH):
            batch = todo[start : start + BATCH]
            ids = [row_id for _group, row_id in batch]
            result = publisher._publish(self, ids)
            yield JobStep(
                processed=result.total,
                succeeded=result.total - result.clashed,
                failed=result.clashed,
                counts={
                    "products_published": result.published,
                    "products_updated": result.updated,
                },
                errors=publisher._clashes(ids) if result.clashed else (),
                state={"after": batch[-1]},
            )
        if sale_until:
            publisher._forget_sale_turns(self, sale_until)
        archived, restored = publisher._follow_missing(self)
        if archived or restored:
            yield JobStep(counts={"listings_archived": archived, "listings_restored": restored})
        if self.env["orion.product.image"]._has_work(self):
            self._request_job(IMAGES, triggered_by="scheduler")
        yield JobStep()

    def _job_publish_images(self, state, parameters):
        """Fetch the pictures of published products; nothing is locked meanwhile."""
        images = self.env["orion.product.image"]
        after = state.get("after", "")
        while addresses := images._addresses(self, after=after):
            yield PAUSE
            pictures = images._fetch_all(list(addresses))
            done, failed = images._take(addresses, pictures)
            after = images._digest_of(list(addresses)[-1])
            yield JobStep(
                processed=done + failed, succeeded=done, failed=failed, state={"after": after}
            )
        # what failed for the moment is tried again, until its attempts are used up
        self._job_schedule(IMAGES).enabled = images._has_work(self)
        yield JobStep()

    def _rows_to_publish(self, parameters, after):
        """Staged rows that are not published as they are, those of a group together.

        :param after: where an interrupted run goes on
        :return: sorted list of `[group or "", row id]`
        """
        domain = Domain("channel_id", "=", self.id) & Domain("publish_status", "!=", "published")
        if "ids" in parameters:
            domain &= Domain("id", "in", parameters["ids"])
        else:
            domain &= self._rule_domain(parameters.get("rule"))
        if "sale_until" in parameters:
            domain &= Domain("sale_turns_at", "<=", parameters["sale_until"])
        query = self.env["orion.marketplace.product"]._search(domain)
        group = SQL("COALESCE(%s, '')", SQL.identifier(query.table, "item_group_id"))
        found = self.env.execute_query(query.select(group, SQL.identifier(query.table, "id")))
        rows = sorted([name, row_id] for name, row_id in found)
        return [row for row in rows if after is None or row > after]

    def _rule_domain(self, rule):
        if rule not in ("changes", "all"):
            return Domain.FALSE
        domain = Domain("missing_since", "=", False) & Domain("is_held_back", "=", False)
        # a published product that the store has deleted stays away
        published = Domain("published_at", "!=", False) & Domain("product_id", "!=", False)
        domain &= published if rule == "changes" else published | Domain("published_at", "=", False)
        return domain & self._publish_filter()

    def _publish_filter(self):
        """:raise ValidationError: when `publish_domain` is no domain of staged products"""
        try:
            domain = Domain(ast.literal_eval(self.publish_domain or "[]"))
            domain.validate(self.env["orion.marketplace.product"].sudo())
        except (ValueError, SyntaxError, TypeError, UserError) as error:
            raise ValidationError(
                self.env._("“Only Products” is no filter of staged products: choose it anew.")
            ) from error
        return domain

    def _tell_published(self, log):
        """A message to who asked for it."""
        kind, _colon, user_id = (log.triggered_by or "").partition(":")
        if kind != "user" or not user_id.isdigit():
            return
        user = self.env["res.users"].browse(int(user_id)).exists()
        counts = log.counts or {}
        env = self.with_context(lang=user.lang).env
        message = env._(
            "%(channel)s: %(published)s products published, %(updated)s updated, %(clashes)s "
            "not published.",
            channel=self.name,
            published=counts.get("products_published", 0),
            updated=counts.get("products_updated", 0),
            clashes=log.records_failed,
        )
        user._bus_send("simple_notification", {"type": "info", "message": message})
