import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_base.lib.backoff import Backoff
from odoo.addons.orion_base.lib.token_bucket import TokenBucket


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_bucket_starts_full_and_refills_to_its_capacity():
    clock = Clock()
    bucket = TokenBucket(2, 3, clock=clock)
    assert [bucket.take() for _each in range(4)] == [True, True, True, False]
    assert bucket.wait_time() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.wait_time() == 0
    assert bucket.take()
    assert not bucket.take()
    clock.now += 1000
    assert [bucket.take() for _each in range(4)] == [True, True, True, False]


def test_clock_set_back_gives_nothing():
    clock = Clock()
    bucket = TokenBucket(1, clock=clock)
    assert bucket.take()
    clock.now -= 50
    assert not bucket.take()
    clock.now += 1
    assert bucket.take()


@given(st.floats(0.01, 1000), st.integers(1, 20), st.lists(st.floats(0, 10), max_size=20))
def test_bucket_never_lets_more_through_than_its_rate(rate, capacity, pauses):
    clock = Clock()
    bucket = TokenBucket(rate, capacity, clock=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        while taken < 200 and bucket.take():
            taken += 1
    passed = clock.now - 100
    assert taken <= capacity + rate * passed + 1e-6


@given(st.floats(0.001, 1000))
def test_waiting_as_told_is_enough(rate):
    clock = Clock()
    bucket = TokenBucket(rate, clock=clock)
    for _each in range(20):
        clock.now += bucket.wait_time()
        assert bucket.take()


def test_threads_share_the_tokens():
    bucket = TokenBucket(1, 50, clock=Clock())
    taken = []
    start = threading.Barrier(8)

    def take_many():
        start.wait()
        taken.extend(bucket.take() for _each in range(50))

    threads = [threading.Thread(target=take_many) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 400
    assert sum(taken) == 50


@pytest.mark.parametrize(("rate", "capacity"), [(0, 1), (-1, 1), (1, 0)])
def test_senseless_bucket(rate, capacity):
    with pytest.raises(ValueError, match="token bucket"):
        TokenBucket(rate, capacity)


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
