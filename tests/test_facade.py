import pytest

import concord
from concord.scoring.aligner import Aligner


def test_the_public_names_are_those_of_their_modules() -> None:
    assert concord.Aligner is Aligner
    assert set(concord.__all__) <= set(dir(concord))
    assert all(getattr(concord, name) is not None for name in concord.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'concord' has no attribute 'Alinger'"):
        _ = concord.Alinger
