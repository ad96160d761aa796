"""Running the jobs of a channel, step by step, with a commit after each step."""

import logging
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from psycopg2.extensions import TransactionRollbackError

from odoo import fields

from ..lib.errors import OrionError, RetryLater, UnknownOutcome
from ..lib.job import PAUSE
from ..lib.sentence import Sentences
from . import circuit
from .cursors import CALLS_LOCK, OUTCOMES_LOCK, lock_channel, read_committed, work_environment
from .set_up import REPEATABLE, SetUpFirst, set_up
from .wake import wake_workers

_lt = Sentences(__name__)
_logger = logging.getLogger(__name__)

#: One slice of a job in a worker, in seconds: then other channels get their turn.
SLICE_SECONDS = 5.0
#: How long a person who asks for a run now waits for a worker to leave the channel.
BUSY_SECONDS = 10.0
#: How often a step is begun, because of serialization failures, before it counts as failed.
MOST_ATTEMPTS = 8
#: Most failed records kept with their messages on one log line.
MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class JobReport:
    """How a run went so far.

    :param finished: False when it goes on in the background
    :param error: the typed error that ended the run, or None
    """

    log_id: int
    status: str
    processed: int = 0
    succeeded: int = 0
    failed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = True
    error: OrionError | None = None


def run_job(channel, job_type, parameters=None, triggered_by="scheduler", budget=60.0):
    """Run a job of a channel now, on cursors of its own.

    :param channel: one `orion.channel`, committed
    :param parameters: JSON-able arguments of the job
    :param triggered_by: `scheduler`, `webhook` or `user:<id>`
    :param budget: seconds; what is not done by then goes on in the background
    :return: a `JobReport`; None when a worker is busy with the channel, and the run waits
        in the background
    """
    registry = channel.env.registry
    with read_committed(registry) as lock_cr:
        # the lock first: no worker takes up the run between its request and its start
        busy = not lock_for_job(lock_cr, channel.id, BUSY_SECONDS)
        with work_environment(registry) as env:
            channel = env["orion.channel"].browse(channel.id)
            log_id = channel._request_job(job_type, parameters, triggered_by, wake=busy).id
        if busy:
            return None
        report = JobRunner(registry, lock_cr, log_id).run(budget)
        lock_cr.commit()
    # workers that came meanwhile found the channel taken and went to rest
    with work_environment(registry) as env:
        wake_workers(env)
    return report


def lock_for_job(cr, channel_id, seconds):
    """Take all of a channel, because jobs write the same orders as outcomes do; False when
    a worker is busy with one of the two for longer than `seconds`."""
    deadline = time.monotonic() + seconds
    return all(
        lock_channel(cr, lock, channel_id, max(deadline - time.monotonic(), 0.1))
        for lock in (CALLS_LOCK, OUTCOMES_LOCK)
    )


class JobRunner:
    """One slice of one run.

    :param lock_cr: cursor that holds the channel's locks; the result on the schedule is
        written with it, and the caller commits it
    """

    def __init__(self, registry, lock_cr, log_id, clock=time.monotonic):
        self.registry = registry
        self.lock_cr = lock_cr
        self.log_id = log_id
        self.clock = clock

    def run(self, budget=SLICE_SECONDS):
        """Run until the job ends or the time is up; returns a `JobReport`."""
        deadline = self.clock() + budget
        error = needed = None
        for _attempt in range(MOST_ATTEMPTS):
            try:
                if needed:
                    set_up(self.registry, needed)
                    needed = None
                finished = self._run_steps(deadline)
                break
            except SetUpFirst as raised:
                needed = raised
            except TransactionRollbackError:
                # somebody changed the same records: the step is undone, and done again
                _logger.info("Run %s: step repeated after a concurrent change", self.log_id)
            except OrionError as raised:
                finished, error = True, raised
                break
            except Exception as raised:
                _logger.exception("Run %s failed", self.log_id)
                finished, error = (
                    True,
                    OrionError(
                        _lt(
                            "The job stopped with an unexpected error (%(type)s); the server's "
                            "log has the details.",
                            type=type(raised).__name__,
                        )
                    ),
                )
                break
        else:
            finished, error = True, OrionError(_lt("Other users keep changing the same records."))
        report = self._surely(lambda: self._conclude(finished, error))
        if report.finished:
            self._tell()
        return report

    def _surely(self, work, attempts=MOST_ATTEMPTS):
        """The answer of `work`, which is begun again while somebody writes the same rows, such as
        who edits the schedule at this moment."""
        try:
            return work()
        except TransactionRollbackError:
            if attempts <= 1:
                raise
        _logger.info("Run %s: its end is written again", self.log_id)
        return self._surely(work, attempts - 1)

    def _tell(self):
        """What comes after a run; it is over, whether this succeeds or not."""
        try:
            self._surely(self._tell_once)
        except Exception:
            _logger.exception("Run %s: telling of it failed", self.log_id)

    def _tell_once(self):
        with work_environment(self.registry) as env:
            log = env["orion.sync.log"].browse(self.log_id)
            log.channel_id._after_job(log)

    def _run_steps(self, deadline):
        with work_environment(self.registry) as env:
            log = env["orion.sync.log"].browse(self.log_id)
            company = log.company_id
            env = env(context={"allowed_company_ids": company.ids, REPEATABLE: True})
            log = log.with_env(env)
            channel = log.channel_id
            if log.status == "pending":
                log.write({"status": "running", "started_at": fields.Datetime.now()})
            job = getattr(channel, f"_job_{log.operation_type}")
            steps = job(log.state_data or {}, log.parameters or {})
            env.cr.commit()
            for step in steps:
                if step == PAUSE:
                    env.cr.commit()
                    continue
                self._write_step(log, step)
                env.flush_all()
                env.cr.commit()
                if self.clock() >= deadline:
                    steps.close()
                    return False
        return True

    def _write_step(self, log, step):
        values = {
            "records_processed": log.records_processed + step.processed,
            "records_succeeded": log.records_succeeded + step.succeeded,
            "records_failed": log.records_failed + step.failed,
        }
        if step.counts:
            counts = dict(log.counts or {})
            for name, number in step.counts.items():
                counts[name] = counts.get(name, 0) + number
            values["counts"] = counts
        if step.errors:
            values["error_details"] = [*(log.error_details or []), *map(dict, step.errors)][
                :MOST_ERRORS
            ]
        if step.state is not None:
            values["state_data"] = dict(step.state)
        if step.total is not None:
            values["total_records"] = step.total
        if log.resume_count:
            values.update(resume_count=0, resume_at=False)
        log.write(values)

    def _conclude(self, finished, error):
        with work_environment(self.registry) as env:
            log = env["orion.sync.log"].browse(self.log_id)
            if finished:
                # the circuit before the schedule, as people who change a key hold them
                if log.direction != "internal":
                    circuit.record(env.cr, log.channel_id.id, [error])
                finished = not self._goes_on(log, error)
                if finished:
                    self._close_log(log, error)
                    self._reschedule(log)
                else:
                    self._interrupt(log, error)
            return JobReport(
                log_id=log.id,
                status=log.status,
                processed=log.records_processed,
                succeeded=log.records_succeeded,
                failed=log.records_failed,
                counts=dict(log.counts or {}),
                errors=list(log.error_details or []),
                finished=finished,
                error=error,
            )

    def _goes_on(self, log, error):
        """Whether the run goes on later from where it stands: trouble on the way passes, and
        what was read need not be read again."""
        return (
            isinstance(error, (RetryLater, UnknownOutcome))
            and bool(log.state_data)
            and log.resume_count < log.schedule_id.max_retries
        )

    def _interrupt(self, log, error):
        schedule = log.schedule_id
        wait = getattr(error, "retry_after", None) or schedule.retry_delay_seconds
        resume_at = fields.Datetime.now() + timedelta(seconds=wait)
        if log.channel_id._is_regular_run(log) and schedule.next_run_at:
            # it is still the run of this time, which would be due at once
            schedule.next_run_at = max(schedule.next_run_at, resume_at)
        log.write(
            {
                "resume_at": resume_at,
                "resume_count": log.resume_count + 1,
                "error_details": self._with_error(log, error),
            }
        )

    def _with_error(self, log, error):
        entry = {
            **error.details,
            "code": error.code,
            "message": error.message,
            "sentence": error.sentence,
        }
        return [*(log.error_details or []), entry][-MOST_ERRORS:]

    def _close_log(self, log, error):
        now = fields.Datetime.now()
        values = {
            "completed_at": now,
            "duration_seconds": (now - (log.started_at or now)).total_seconds(),
            "state_data": False,
            "resume_at": False,
        }
        if error is not None:
            # it has not come to its end, whatever was done before: it is tried again soon
            values["status"] = "failed"
            values["error_details"] = self._with_error(log, error)
        elif log.records_failed:
            values["status"] = "partial" if log.records_succeeded else "failed"
        else:
            values["status"] = "success"
        log.write(values)

    def _reschedule(self, log):
        schedule = log.schedule_id
        if not schedule or not log.channel_id._is_regular_run(log):
            return
        failed = log.status == "failed"
        retries = schedule.retry_count + 1 if failed else 0
        again = failed and retries <= schedule.max_retries
        now = fields.Datetime.now()
        values = {
            "last_run_at": log.started_at,
            "last_run_status": log.status,
            "last_run_duration_ms": int(log.duration_seconds * 1000),
            "retry_count": retries if again else 0,
            "next_run_at": (
                now + timedelta(seconds=schedule.retry_delay_seconds)
                if again
                else schedule._next_time(log.started_at)
            ),
        }
        schedule.write(values)


def open_run(env, schedule_id):
    """The run to go on with, or a new one for a schedule whose time has come."""
    logs = env["orion.sync.log"]
    unfinished = [("schedule_id", "=", schedule_id), ("status", "in", ("pending", "running"))]
    ready = ["|", ("resume_at", "=", False), ("resume_at", "<=", fields.Datetime.now())]
    # one that waits for trouble to pass keeps no other run from its work
    log = logs.search([*unfinished, *ready], order="id", limit=1)
    if log:
        return log
    schedule = env["orion.schedule"].browse(schedule_id)
    waiting = logs.search(unfinished, order="id").filtered(schedule.channel_id._is_regular_run)
    if waiting:
        return waiting[0]
    return logs.create(
        {
            "channel_id": schedule.channel_id.id,
            "schedule_id": schedule.id,
            "operation_type": schedule.job_type,
            "direction": schedule.channel_id._job_direction(schedule.job_type),
            "status": "pending",
            "triggered_by": "scheduler",
            "correlation_id": uuid.uuid4().hex,
        }
    )
