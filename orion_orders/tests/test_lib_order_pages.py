from datetime import datetime, timezone
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.orion_orders.lib.order_data import OrderData, OrderPage, OrderProblem, OrderState
from odoo.addons.orion_orders.lib.order_pages import merge_unchanged

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def order(name):
    return OrderData(name, name, NOW, NOW, "EUR", OrderState.UNDECIDED, (), {})


def unchanged(*names, cursor="more"):
    return OrderPage(orders=(), unchanged=names, cursor={"after": cursor})


def changed(name):
    return OrderPage(orders=(order(name),), unchanged=("x",), cursor={"after": name})


def test_unchanged_pages_come_as_one_with_the_last_cursor():
    pages = [unchanged("a", cursor="1"), unchanged("b", "c", cursor="2"), changed("d")]
    merged = list(merge_unchanged(pages))
    assert merged == [unchanged("a", "b", "c", cursor="2"), changed("d")]


def test_the_last_page_has_no_cursor():
    last = OrderPage(orders=(), unchanged=("b",), cursor=None)
    (merged,) = merge_unchanged([unchanged("a"), last])
    assert (merged.unchanged, merged.cursor) == (("a", "b"), None)


def test_what_is_left_out_of_one_is_left_out_of_all():
    left_out = OrderPage(orders=(), unchanged=("a",), cursor={"after": "1"}, complete=False)
    (merged,) = merge_unchanged([left_out, unchanged("b")])
    assert not merged.complete
    assert all(page.complete for page in merge_unchanged([unchanged("a"), unchanged("b")]))


def test_problems_are_changes():
    problem = OrderPage(orders=(), problems=(OrderProblem("p", "No pieces.", {}),), cursor=None)
    assert list(merge_unchanged([unchanged("a"), problem])) == [unchanged("a"), problem]


def test_no_more_is_collected_than_the_time_allows():
    ticks = count()
    pages = [unchanged(str(number)) for number in range(7)]
    merged = list(merge_unchanged(pages, seconds=3, clock=lambda: next(ticks)))
    assert [len(page.unchanged) for page in merged] == [3, 3, 1]


def test_a_page_is_handed_over_before_the_one_behind_it_is_asked_for():
    asked = []

    def pages():
        for name in "abc":
            asked.append(name)
            yield changed(name)

    merged = merge_unchanged(pages())
    next(merged)
    assert asked == ["a"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3))), st.integers(0, 5))
def test_nothing_is_lost_and_the_order_stays(kinds, seconds):
    names = count()
    pages = [
        changed(str(next(names)))
        if is_changed
        else unchanged(*(str(next(names)) for _ in range(size)), cursor=str(next(names)))
        for is_changed, size in kinds
    ]
    ticks = count()
    merged = list(merge_unchanged(pages, seconds=seconds, clock=lambda: next(ticks)))
    assert [data for page in merged for data in page.orders] == [
        data for page in pages for data in page.orders
    ]
    assert [name for page in merged for name in page.unchanged] == [
        name for page in pages for name in page.unchanged
    ]
    assert [page.cursor for page in merged][-1:] == [page.cursor for page in pages][-1:]
