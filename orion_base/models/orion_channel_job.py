import uuid

from odoo import api, models

from ..engine.wake import wake_workers


class OrionChannel(models.Model):
    """Jobs of a channel: a method `_job_<job type>(state, parameters)` each, a generator of
    `odoo.addons.orion_base.lib.job.JobStep`."""

    _inherit = "orion.channel"

    def _request_job(self, job_type, parameters=None, triggered_by=None, wake=True):
        """Ask the workers to run a job in the background, once.

        :param job_type: a value of `orion.schedule.job_type`
        :param parameters: JSON-able arguments of the job; with `external_ids` it is for just these
            records, and tells nothing of the channel: see `orion.sync.log.is_selective`
        :param triggered_by: `scheduler`, `webhook` or `user:<id>`; the current user by default
        :return: the `orion.sync.log` that shows the progress
        """
        self.ensure_one()
        log = (
            self.env["orion.sync.log"]
            .sudo()
            .create(
                {
                    "channel_id": self.id,
                    "schedule_id": self._job_schedule(job_type).id,
                    "operation_type": job_type,
                    "direction": self._job_direction(job_type),
                    "status": "pending",
                    "parameters": parameters or False,
                    "triggered_by": triggered_by or f"user:{self.env.uid}",
                    "correlation_id": uuid.uuid4().hex,
                }
            )
        )
        if wake:
            wake_workers(self.env)
        return log.sudo(self.env.su)

    def _job_direction(self, job_type):
        """`inbound`, or `internal` for a job that asks nothing of the marketplace: it tells
        nothing of the channel's health, and is no sync."""
        return "inbound"

    @api.model
    def _internal_jobs(self):
        """Kinds of job that go on while the channel's calls are paused."""
        kinds = self.env["orion.schedule"]._fields["job_type"].get_values(self.env)
        return [kind for kind in kinds if self._job_direction(kind) == "internal"]

    def _job_schedule(self, job_type):
        """The schedule of a job; one that never runs by itself is made where there is none."""
        self.ensure_one()
        schedules = self.env["orion.schedule"].sudo()
        found = schedules.search(
            [("channel_id", "=", self.id), ("job_type", "=", job_type)], limit=1
        )
        return found or schedules.create(
            {
                "channel_id": self.id,
                "job_type": job_type,
                "interval_minutes": self._default_job_interval(job_type),
            }
        )

    def _default_job_interval(self, job_type):
        """Minutes between two runs of a job whose schedule is made when it is first needed."""
        return self._default_sync_interval()

    def _after_job(self, log):
        """Called once when a run has ended, however (see its status), in the engine's
        transaction."""
        self.ensure_one()
