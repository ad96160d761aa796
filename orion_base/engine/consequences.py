"""What follows in Odoo from an outcome: a step of its own, repeated until it is done.

The outcome itself is committed before and stays, whatever happens here.
"""

import logging
import time

from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from .cursors import NOW, hold_rows, work_environment

_logger = logging.getLogger(__name__)

#: Outcomes of one transaction. What people do with the same records waits as long as one takes.
CHUNK = 50
#: For how long outcomes are taken over one by one before what is done is committed.
STEP_SECONDS = 5.0


def apply_consequences(registry, channel, clock=time.monotonic):
    """Apply the oldest outcomes of the channel that are not applied yet, at most a chunk.

    :return: number of operations applied
    :raise TransactionRollbackError: somebody works on the same records; what the chunk did is
        undone and comes again
    """
    deadline = clock() + STEP_SECONDS
    with work_environment(registry, channel.company_id.id) as env:
        operations = _due(env, channel)
        _lock_records(operations)
        if not operations or _apply_together(operations):
            return len(operations)
        done = 0
        for operation in operations:
            done += _apply_one(operation)
            if clock() >= deadline:
                break
        return done


def _due(env, channel):
    env.cr.execute(
        SQL(
            """
            SELECT id FROM orion_operation
             WHERE channel_id = %s AND NOT applied
               AND (apply_after IS NULL OR apply_after <= %s)
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            channel.id,
            NOW,
            CHUNK,
        ),
        # changed by a worker that asks the marketplace about it: the step begins anew
        log_exceptions=False,
    )
    return env["orion.operation"].browse([row[0] for row in env.cr.fetchall()])


def _lock_records(operations):
    """Lock the business records before anything is read of them.

    A user who changed one since our snapshot makes this fail here, where nothing is done
    yet; one who comes now waits. A model may have `_orion_lock_for_outcomes()`, which holds
    what else will be changed for its records.

    :raise TransactionRollbackError: to be begun again
    """
    for res_model, found in operations.grouped("res_model").items():
        model = operations.env.get(res_model) if res_model else None
        if model is None:
            continue
        records = model.browse(found.mapped("res_id"))
        hold_rows(records)
        if hasattr(model, "_orion_lock_for_outcomes"):
            records._orion_lock_for_outcomes()


def _apply_together(operations):
    """All at once, which is much cheaper; False when one of them does not let it."""
    if len(operations) == 1:
        return False
    try:
        with operations.env.cr.savepoint():
            operations._apply_outcomes()
            operations.write({"applied": True, "apply_error": False, "apply_after": False})
    except TransactionRollbackError:
        raise
    except Exception:
        _logger.info("Outcomes are taken over one by one", exc_info=True)
        operations.env.invalidate_all(flush=False)
        return False
    return True


def _apply_one(operation):
    try:
        with operation.env.cr.savepoint():
            operation._apply_outcomes()
            operation.write({"applied": True, "apply_error": False, "apply_after": False})
    except TransactionRollbackError:
        raise
    except Exception as error:
        operation.env.invalidate_all(flush=False)
        if not isinstance(error, (UserError, RedirectWarning)):
            _logger.exception("Operation %s: the outcome could not be taken over", operation.id)
        operation._note_apply_failure(error)
        return 0
    return 1
