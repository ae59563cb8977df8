import threading

import pytest

from concord.scoring.lookahead import made_ahead


def test_items_come_in_the_order_of_their_keys() -> None:
    assert list(made_ahead(range(5), lambda key: key * key)) == [0, 1, 4, 9, 16]
    assert list(made_ahead([], str)) == []


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    made = [threading.Event() for _ in range(3)]

    def make(key: int) -> int:
        made[key].set()
        return key

    items = made_ahead(range(3), make)
    assert next(items) == 0
    assert made[1].wait(timeout=10)  # nobody has asked for it yet
    assert not made[2].is_set()  # and no more than one is made ahead
    assert list(items) == [1, 2]


def test_a_lone_item_is_made_by_the_callers_thread() -> None:
    (thread,) = made_ahead([0], lambda _: threading.current_thread())
    assert thread is threading.current_thread()


def test_what_fails_is_raised_in_its_place() -> None:
    items = made_ahead([1, 0, 2], lambda key: 6 // key)
    assert next(items) == 6
    with pytest.raises(ZeroDivisionError):
        next(items)
