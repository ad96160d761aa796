import logging
from datetime import timedelta

from odoo import api, fields, models

from .. import identity, secrets
from ..engine.worker import LONGEST_SLEEP, Worker

_logger = logging.getLogger(__name__)


class OrionEngine(models.AbstractModel):
    """The scheduled actions' way into the engine."""

    _name = "orion.engine"
    _description = "Marketplace Engine"

    @api.model
    def _worker_slots(self):
        """The scheduled actions that work in parallel: Odoo runs one record of them at most
        once at a time over all hosts, so their number is the most workers there can be."""
        action = self.env.ref("orion_base.ir_cron_worker_1").ir_actions_server_id
        return (
            self.env["ir.cron"]
            .sudo()
            .search([("model_id", "=", action.model_id.id), ("code", "=", action.code)], order="id")
        )

    @api.model
    def _run_worker(self):
        """Work until the scheduled action's time is up or there is nothing to do."""
        cron = self.env["ir.cron"]
        if not self._may_work():
            return
        worker = Worker(self.env.registry)
        remaining_time = min(cron._commit_progress(), 10.0)
        done = worker.run(remaining_time)
        cron._commit_progress(done)
        if not worker.rested:
            # what was cut short by the time goes on at once
            self._wake_at(0.0)
            return
        planned = worker.seconds_to_next()
        if planned is None or (planned <= LONGEST_SLEEP and worker.watch.is_kept()):
            return
        self._wake_at(planned)

    @api.model
    def _wake_at(self, seconds):
        """Have this slot look again; within the longest sleep at once, because a trigger in
        the future is looked at only once a minute."""
        slot = (
            self.env["ir.cron"].browse(self.env.context.get("cron_id")) or self._worker_slots()[:1]
        )
        if seconds <= LONGEST_SLEEP:
            slot._trigger()
        elif seconds <= 600:
            slot._trigger(at=fields.Datetime.now() + timedelta(seconds=seconds))

    @api.model
    def _may_work(self):
        """Whether this host may call marketplaces with this database."""
        if not identity.is_confirmed_instance(self.env):
            _logger.info("Marketplace work is paused: this database looks like a copy")
            return False
        if not secrets.key_is_usable(self.env):
            _logger.info("Marketplace work is paused: the encryption key is missing or wrong here")
            return False
        return True
