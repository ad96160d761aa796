"""The engine: the only place of the suite that commits.

It works on cursors of its own and never commits its caller's, so that it runs the same
from a scheduled action, from a button, or inside somebody else's job queue.
"""

from .apart import apart, committed, under_way
from .jobs import JobReport, run_job
from .set_up import SetUpFirst, make_shared
from .worker import Worker

__all__ = [
    "JobReport",
    "SetUpFirst",
    "Worker",
    "apart",
    "committed",
    "make_shared",
    "run_job",
    "under_way",
]
