"""Records that all channels share, made once, whichever worker needs them first.

Two workers that look for such a record at the same time both find none: under REPEATABLE
READ one of them would make it twice, or fail on the row they both change. So a step that
needs one is undone, the record is made in a transaction that only one worker at a time can
be in, and the step is done again with a snapshot that sees it.
"""

from .cursors import read_committed, work_environment

#: Advisory lock of the database; "ORIS" in ASCII.
SET_UP_LOCK = 0x4F524953

#: Set in the context of what the engine runs and can repeat.
REPEATABLE = "orion_repeatable"


class SetUpFirst(Exception):
    """A step needs a shared record that is not there yet."""

    def __init__(self, records, method, arguments):
        super().__init__(f"{records._name}.{method}")
        self.model = records._name
        self.ids = records.ids
        self.method = method
        self.arguments = arguments
        self.company_ids = records.env.context.get("allowed_company_ids") or []


def make_shared(records, method, *arguments):
    """What the records' method makes, which looks whether it is there before it makes it.

    :raise SetUpFirst: within the engine, which calls the method and repeats the step
    """
    if records.env.context.get(REPEATABLE):
        raise SetUpFirst(records, method, arguments)
    return getattr(records, method)(*arguments)


def set_up(registry, needed):
    """Make what a step needs, one worker at a time, and commit it."""
    company_id = needed.company_ids[0] if needed.company_ids else None
    with read_committed(registry) as lock_cr:
        lock_cr.execute("SELECT pg_advisory_xact_lock(%s)", (SET_UP_LOCK,))
        with work_environment(registry, company_id) as env:
            getattr(env[needed.model].browse(needed.ids), needed.method)(*needed.arguments)
        lock_cr.commit()
