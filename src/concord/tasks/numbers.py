"""Numbers as gold answers."""

import math

from concord.errors import InputError
from concord.tasks.task import Fields, value_of


def read_number(row: Fields, column: str) -> float | None:
    """Return the number in a column; None where there is none.

    Raises:
        InputError: If there is no such column, or what stands in it is no finite number.
    """
    value = value_of(row, column)
    if value is None or value == "":
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"column '{column}' holds {value!r:.40} where a number should be")
    return number
