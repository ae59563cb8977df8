"""Makes the next item while the present one is in use."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")


def made_ahead(keys: Sequence[Key], make: Callable[[Key], Item]) -> Iterator[Item]:
    """Yield what is made of each key, in order; the next is made by a thread of its own meanwhile.

    A lone item is made by the caller's thread, without the cost of another. What fails in the
    thread is raised where its item would have come.

    Args:
        keys: What to make items of.
        make: Called once for each key, one call at a time.
    """
    if len(keys) < 2:
        yield from map(make, keys)
        return
    with ThreadPoolExecutor(max_workers=1) as maker:
        upcoming = maker.submit(make, keys[0])
        for key in keys[1:]:
            item = upcoming.result()
            upcoming = maker.submit(make, key)
            yield item
        yield upcoming.result()
