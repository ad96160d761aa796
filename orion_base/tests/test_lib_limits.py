import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.backoff import Backoff
from odoo.addons.orion_base.lib.rate_limit import MemoryRateLimiter, Rate, Turns


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def turns_of(rate, clock):
    return Turns(MemoryRateLimiter(clock), "calls", rate)


def test_a_burst_at_once_and_the_rest_in_turn():
    clock = Clock()
    turns = turns_of(Rate(2, 3), clock)
    assert [turns.reserve(0) for _each in range(4)] == pytest.approx([0, 0, 0, 0.5])
    # what was refused took nothing
    assert turns.reserve(5) == pytest.approx(0.5)
    assert turns.reserve(5) == pytest.approx(1.0)
    clock.now += 1000
    assert [turns.reserve(0) for _each in range(4)] == pytest.approx([0, 0, 0, 0.5])


def test_names_are_counted_apart():
    limiter = MemoryRateLimiter(Clock())
    assert [limiter.reserve(name, Rate(1), 0) for name in "aab"] == [0, 1, 0]


def test_clock_set_back_gives_nothing():
    clock = Clock()
    turns = turns_of(Rate(1), clock)
    assert turns.reserve(0) == 0
    clock.now -= 50
    assert turns.reserve(0) == 51


@given(
    st.floats(0.01, 1000),
    st.integers(1, 20),
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 3)), max_size=60),
    st.floats(0.1, 20),
)
def test_no_window_has_more_than_the_rate_allows(per_second, burst, asked, window):
    clock, rate = Clock(), Rate(per_second, burst)
    turns, calls = turns_of(rate, clock), []
    for pause, patience in asked:
        clock.now += pause
        wait = turns.reserve(patience)
        if wait <= patience:
            calls.append(clock.now + wait)
    for start in calls:
        within = sum(start <= call < start + window for call in calls)
        assert within <= burst + per_second * window + 1e-6


@given(st.floats(0.001, 1000), st.integers(1, 5))
def test_coming_back_when_told_is_enough(per_second, burst):
    clock = Clock()
    turns = turns_of(Rate(per_second, burst), clock)
    for _each in range(20):
        wait = turns.reserve(0)
        if wait:
            clock.now += wait * (1 + 1e-9)
            assert turns.reserve(wait * 1e-6) <= wait * 1e-6


def test_threads_share_the_turns():
    turns = turns_of(Rate(1, 50), Clock())
    taken = []
    start = threading.Barrier(8)

    def take_many():
        start.wait()
        taken.extend(turns.reserve(0) == 0 for _each in range(50))

    threads = [threading.Thread(target=take_many) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 400
    assert sum(taken) == 50


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_senseless_rate(per_second, burst):
    with pytest.raises(ValueError, match="a rate needs"):
        Rate(per_second, burst)


def test_ceiling_doubles_up_to_the_cap():
    backoff = Backoff(base=60, cap=3600)
    assert [backoff.ceiling(n) for n in (0, 1, 2, 3, 7, 10_000)] == [60, 60, 120, 240, 3600, 3600]


@given(st.integers(0, 5000), st.integers(0, 2**32), st.none() | st.floats(0, 10_000))
def test_delay_is_within_its_bounds(attempt, seed, at_least):
    backoff = Backoff(rand=random.Random(seed).random)
    delay = backoff.delay(attempt, at_least=at_least)
    if at_least:
        assert at_least <= delay <= 2 * at_least
    else:
        assert 0 <= delay <= backoff.ceiling(attempt) <= backoff.cap


def test_jitter_uses_the_whole_range():
    assert Backoff(rand=lambda: 0.0).delay(3) == 0
    assert Backoff(rand=lambda: 0.5).delay(3) == 120


@given(st.integers(1, 20), st.integers(0, 2**32))
def test_probes_become_rarer(attempt, seed):
    backoff = Backoff(rand=random.Random(seed).random)
    assert (
        backoff.ceiling(attempt) / 2 <= backoff.probe_interval(attempt) <= backoff.ceiling(attempt)
    )
    assert backoff.ceiling(attempt + 1) >= backoff.ceiling(attempt)
