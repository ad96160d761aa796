"""What `make run` says of what it has read."""

from __future__ import annotations

from dataclasses import replace

from tools import demo_run
from tools.demo import Populated

FIRST = Populated(
    channel=1,
    imported=179,
    updated=0,
    unchanged=0,
    failed=0,
    exceptions=3,
    products=90,
    message="",
)


def test_the_first_time() -> None:
    assert demo_run._orders(FIRST) == "179 new orders, 0 were known, 0 failed"


def test_the_second_time_known_orders_count_whether_they_changed_or_not() -> None:
    again = replace(FIRST, imported=0, updated=170, unchanged=9)
    assert demo_run._orders(again) == "0 new orders, 179 were known, 0 failed"
