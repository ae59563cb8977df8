"""Which pairs a mixture draws, and in which batches."""

from collections import Counter
from collections.abc import Sequence

import pytest
from tests.tiny_data import CLAIM_TOKENS, FIRST_TOKEN, source
from tests.tiny_models import tiny_tokenizer
from torch.utils.data import DataLoader

from concord.data.augmentation import AugmentationOptions
from concord.data.mixture import Epoch, Mixture, PairBatch, Source
from concord.data.sampling import SamplingOptions, Strategy
from concord.errors import ConfigError
from concord.text import TokenIds
from concord.training.batches.collate import Collator, EpochDataset, MaskingOptions

SPECIAL = 3  # [CLS] context [SEP] claim [SEP]


def build_mixture(
    sources: Sequence[Source],
    *,
    seed: int = 0,
    max_tokens: int = 64,
    max_batch_tokens: int = 128,
    sampling: SamplingOptions | None = None,
    augmentation: AugmentationOptions | None = None,
    epochs: int = 1,
) -> Mixture:
    return Mixture(
        sources,
        tiny_tokenizer(),
        sampling=sampling or SamplingOptions(),
        augmentation=augmentation or AugmentationOptions(),
        max_tokens=max_tokens,
        max_batch_tokens=max_batch_tokens,
        seed=seed,
        epochs=epochs,
    )


def read(epoch: Epoch) -> list[PairBatch]:
    return [epoch[index] for index in range(len(epoch))]


def drawn_claims(epoch: Epoch) -> Counter[int]:
    """Count the examples, known by the token that their claim repeats."""
    return Counter(example_of(claim) for batch in read(epoch) for _, claim in batch.pairs)


def example_of(claim: TokenIds) -> int:
    return int(claim[0]) - FIRST_TOKEN


def as_lists(batches: Sequence[PairBatch]) -> list[list[tuple[list[int], list[int]]]]:
    return [[(a.tolist(), b.tolist()) for a, b in batch.pairs] for batch in batches]


def test_an_epoch_of_the_whole_set_has_each_example_once() -> None:
    epoch = build_mixture([source("one", [3] * 50)]).epoch(0)
    assert epoch.num_pairs == 50
    assert drawn_claims(epoch) == Counter(range(50))


@pytest.mark.parametrize(("size", "quota"), [(10, 4), (10, 7), (10, 23), (7, 7), (1, 3)])
def test_over_several_epochs_each_example_is_drawn_evenly(size: int, quota: int) -> None:
    sampling = SamplingOptions(samples_per_epoch=quota)
    mixture = build_mixture([source("one", [3] * size)], sampling=sampling)
    counts: Counter[int] = Counter()
    for number in range(5):
        counts += drawn_claims(mixture.epoch(number))
        assert counts.total() == quota * (number + 1)
        times = [counts[i] for i in range(size)]
        assert max(times) - min(times) <= 1


def test_each_set_gives_its_quota() -> None:
    sampling = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=30)
    # contexts of 4 tokens in one and of 5 in the other tell the sets apart
    sources = [source("four", [4] * 100), source("five", [5] * 6)]
    mixture = build_mixture(sources, sampling=sampling)
    lengths = Counter(len(a) for batch in read(mixture.epoch(1)) for a, _ in batch.pairs)
    assert mixture.quotas(1) == {"four": 15, "five": 15}
    assert lengths == Counter({4: 15, 5: 15})


def test_a_uniform_mixture_of_one_task_batches_takes_the_sets_in_turn() -> None:
    sampling = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=24, batching="one_task")
    # contexts of 4 tokens in one and of 5 in the other, 4 + 2 + 3 and 5 + 2 + 3 in all: 4 in 40
    sources = [source("four", [4] * 12), source("five", [5] * 12)]
    mixture = build_mixture(sources, sampling=sampling, max_batch_tokens=40)
    lengths = [{len(context) for context, _ in batch.pairs} for batch in read(mixture.epoch(0))]
    assert lengths == [{4}, {5}, {4}, {5}, {4}, {5}]


def test_an_annealed_mixture_draws_more_of_the_small_set_in_later_epochs() -> None:
    sampling = SamplingOptions(strategy=Strategy.ANNEALED, samples_per_epoch=33)
    sources = [source("big", [4] * 32), source("small", [5])]
    mixture = build_mixture(sources, sampling=sampling, epochs=2)
    # 32 to 1, then by the fifth roots 2 to 1
    assert mixture.quotas(0) == {"big": 32, "small": 1}
    assert mixture.quotas(1) == {"big": 22, "small": 11}
    assert mixture.epoch(1).num_pairs == 33


def test_the_seed_decides_every_draw_and_epochs_differ() -> None:
    sources = [source("one", range(3, 40)), source("two", range(5, 25))]
    augmentation = AugmentationOptions(self_pair=0.3, swap=0.3)
    first, again, other = (
        build_mixture(sources, seed=seed, augmentation=augmentation) for seed in (7, 7, 8)
    )
    assert as_lists(read(first.epoch(3))) == as_lists(read(again.epoch(3)))
    assert as_lists(read(first.epoch(3))) != as_lists(read(other.epoch(3)))
    assert as_lists(read(first.epoch(3))) != as_lists(read(first.epoch(4)))


def test_the_draw_of_a_seed_stays_what_it_was() -> None:
    # A run that is resumed with a later version must go on with the same batches.
    mixture = build_mixture([source("one", [3] * 6)], sampling=SamplingOptions(samples_per_epoch=4))
    drawn = [example_of(claim) for batch in read(mixture.epoch(1)) for _, claim in batch.pairs]
    assert drawn == [4, 0, 2, 3]


def test_a_set_is_drawn_alike_whatever_stands_beside_it() -> None:
    alone = build_mixture([source("one", [3] * 40)], sampling=SamplingOptions(samples_per_epoch=8))
    explicit = SamplingOptions(
        strategy=Strategy.EXPLICIT, weights={"one": 1, "two": 1}, samples_per_epoch=16
    )
    both = build_mixture([source("two", [9] * 40), source("one", [3] * 40)], sampling=explicit)
    chosen = {
        example_of(claim)
        for batch in read(both.epoch(0))
        for context, claim in batch.pairs
        if len(context) == 3
    }
    assert chosen == set(drawn_claims(alone.epoch(0)))


def test_an_epoch_reads_the_same_with_two_workers() -> None:
    mixture = build_mixture([source("one", [1 + i % 30 for i in range(60)])])
    epoch = mixture.epoch(0)
    dataset = EpochDataset(epoch, 0, Collator(tiny_tokenizer(), MaskingOptions(weight=0.5), 0))
    alone, shared = (
        list(DataLoader(dataset, batch_size=None, num_workers=workers)) for workers in (0, 2)
    )
    assert len(alone) == len(shared) == len(epoch)
    for one, other in zip(alone, shared, strict=True):
        assert one.keys() == other.keys()
        assert all(one[name].equal(other[name]) for name in one)


def test_batches_keep_to_the_token_budget_and_hold_similar_lengths() -> None:
    lengths = [1 + i % 40 for i in range(400)]
    epoch = build_mixture([source("one", lengths)], max_batch_tokens=256).epoch(0)
    padding = tokens = 0
    for batch in read(epoch):
        sizes = [len(a) + len(b) + SPECIAL for a, b in batch.pairs]
        assert max(sizes) * len(sizes) <= 256
        padding += sum(max(sizes) - size for size in sizes)
        tokens += sum(sizes)
    assert padding < 0.03 * tokens


def test_an_over_long_pair_loses_the_end_of_its_context_only() -> None:
    # room for 16 - 3 = 13 tokens: 11 of the context beside a claim of 2
    short, fits, long = 4, 11, 30
    mixture = build_mixture([source("one", [short, fits, long])], max_tokens=16)
    pairs = [pair for batch in read(mixture.epoch(0)) for pair in batch.pairs]
    assert sorted(len(context) for context, _ in pairs) == [4, 11, 11]
    assert all(len(claim) == CLAIM_TOKENS for _, claim in pairs)
    assert mixture.count_shortened(mixture.sources[0]) == 1


def test_a_claim_that_fills_the_window_leaves_no_context() -> None:
    mixture = build_mixture(
        [source("one", [30])], max_tokens=16, augmentation=AugmentationOptions(self_pair=1.0)
    )
    ((context, claim),) = mixture.epoch(0)[0].pairs  # the context of 30 tokens is the claim too
    assert (len(context), len(claim)) == (0, 13)


def test_targets_and_heads_stay_with_their_pairs() -> None:
    mixture = build_mixture([source("one", [3, 5]), source("two", [7])])
    for batch in read(mixture.epoch(0)):
        assert batch.head.tolist() == [0] * len(batch.pairs)
        assert batch.target.tolist() == [0.0] * len(batch.pairs)


def test_a_set_named_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="once, got one, one"):
        build_mixture([source("one", [3]), source("one", [3])])


def test_a_window_without_room_for_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="must be above 3, the special tokens of a pair, got 3"):
        build_mixture([source("one", [3])], max_tokens=3)
