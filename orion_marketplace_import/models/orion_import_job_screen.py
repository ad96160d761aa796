from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

from odoo.addons.orion_base.engine.cursors import hold_rows
from odoo.addons.orion_base.rpc import MANAGER, USER, check_caller

from .orion_import_job import OPEN

_RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


class OrionImportJob(models.Model):
    """What people see of an import, and what its buttons do."""

    _inherit = "orion.import.job"

    rows_per_second = fields.Integer(string="Rows a Second", compute="_compute_pace")
    remaining = fields.Char(string="Time Left", compute="_compute_pace")
    correctable_count = fields.Integer(compute="_compute_error_states")
    corrected_count = fields.Integer(compute="_compute_error_states")

    # === COMPUTE === #

    @api.depends("status", "started_at", "completed_at", "total_processed", "progress")
    @api.depends_context("lang")
    def _compute_pace(self):
        for job in self:
            seconds = max(job.duration, 1.0)
            job.rows_per_second = round(job.total_processed / seconds)
            job.remaining = job._remaining(seconds) if job.status == "processing" else False

    def _remaining(self, seconds):
        """How long it still takes, once that can be told."""
        if self.progress < 1:
            return False
        left = seconds * (100 - self.progress) / self.progress
        if left < 60:
            return self.env._("less than a minute")
        return self.env._("about %(time)s h", time=format_duration(left / 3600))

    def _compute_error_states(self):
        counts = {}
        for job, state, count in self.env["orion.import.error"]._read_group(
            [("import_job_id", "in", self.ids)], ["import_job_id", "state"], ["__count"]
        ):
            counts[job.id, state] = count
        for job in self:
            job.corrected_count = counts.get((job.id, "corrected"), 0)
            job.correctable_count = counts.get((job.id, "open"), 0) + job.corrected_count

    # === ACTIONS === #

    def action_cancel(self):
        """Stop these imports behind the batch they are at; what is staged stays."""
        check_caller(self, USER, "read")
        hold_rows(self)
        still_open = self.filtered(lambda job: job.status in OPEN)
        if not still_open:
            raise UserError(self.env._("These imports are over already; nothing can be cancelled."))
        still_open.sudo().write({"status": "cancelled", "completed_at": fields.Datetime.now()})
        self.env["orion.staging"].sudo()._forget_met(still_open)
        for channel in still_open.sudo().channel_id:
            channel._after_feed_import()
        return _RELOAD

    def action_accept_shrunk(self):
        """Believe a feed that lost many products: mark them as missing."""
        check_caller(self, MANAGER, "read")
        staging = self.env["orion.staging"].sudo()
        shrunk = self.filtered("is_shrunk").sudo()
        for job in shrunk:
            job.write({"missing_count": staging._mark_missing(job), "is_shrunk": False})
            staging._forget_met(job)
        for channel in shrunk.channel_id:
            channel._after_feed_import()
        return _RELOAD

    def action_refuse_shrunk(self):
        """The feed was damaged: what it lacks stays as it is."""
        check_caller(self, MANAGER, "read")
        shrunk = self.filtered("is_shrunk").sudo()
        shrunk.write({"is_shrunk": False, "missing_count": 0})
        self.env["orion.staging"].sudo()._forget_met(shrunk)
        return _RELOAD

    def action_again(self):
        """Import the same feed again; one from an address is fetched anew."""
        self.ensure_one()
        check_caller(self, USER, "read")
        job = self.sudo()
        values = {
            "source_url": job.source_url,
            "content": False if job.source_url else job.content,
            "source_name": job.source_name,
            "language": job.language,
            "batch_size": job.batch_size,
            "is_full": job.is_full,
            "mapping": job.mapping,
        }
        if not values["source_url"] and not values["content"]:
            raise UserError(
                self.env._("The file of this import is not kept any more. Choose it again.")
            )
        return self._start(self.channel_id, values)._action_open()

    def action_view_errors(self):
        """The rows that were not imported."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_import_error"
            ),
            "domain": [("import_job_id", "in", self.ids)],
        }

    def action_view_products(self):
        """The products of this channel's feeds."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "orion_marketplace_import.action_orion_marketplace_product"
            ),
            "domain": [("channel_id", "in", self.channel_id.ids)],
        }

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS === #

    def _told_user(self):
        """Whom the end of this import concerns: who started it, or the channel's responsible."""
        return self.channel_id.responsible_id if self.is_scheduled else self.user_id

    def _told_env(self):
        return self.with_context(lang=self._told_user().lang or "en_US").env

    def _tell(self):
        """A message in the inbox of whom it concerns; of a schedule's imports only bad news."""
        for job in self:
            user = job._told_user()
            is_good = job.status == "completed"
            if not user.active or not user.partner_id or (job.is_scheduled and is_good):
                continue
            told = job.with_env(job._told_env())
            title, counts = told._told_title(), told._told_counts()
            link = Markup('<a href="/odoo/marketplace-imports/%s">%s</a>') % (job.id, title)
            job.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                model=job._name,
                res_id=job.id,
                subject=f"{title}: {job.source_name}",
                body=Markup("<p>%s</p><p>%s: %s</p>") % (link, job.source_name, counts),
                force_send=False,
            )
            user._bus_send(
                "simple_notification",
                {"type": "success" if is_good else "warning", "message": f"{title}. {counts}"},
            )

    def _told_title(self):
        if self.is_shrunk:
            return self.env._("The feed has lost many products; decide about them")
        if self.status == "failed":
            return self.env._("The feed could not be imported")
        if self.status == "completed_with_errors":
            return self.env._("The feed is imported, but for some rows")
        return self.env._("The feed is imported")

    def _told_counts(self):
        if self.status == "failed":
            return self.error_message or ""
        return self.env._(
            "%(new)s new, %(updated)s updated, %(unchanged)s unchanged, %(missing)s missing "
            "products, %(errors)s rows with errors.",
            new=self.imported_count,
            updated=self.updated_count,
            unchanged=self.unchanged_count,
            missing=self.missing_count,
            errors=self.error_count,
        )
