"""The texts that come with the package."""

from concord.workflows.demo import load_demo_pairs


def test_six_pairs_come_with_the_package() -> None:
    pairs = load_demo_pairs()
    assert len(pairs) == 6
    assert all(pair.title and pair.context and pair.claim and pair.note for pair in pairs)
