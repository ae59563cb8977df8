"""What memory a run will take, told before it starts."""

import pytest
import torch
from tests.reference.test_losses import build_mixture, model_without_dropout
from tests.tiny_objective import TinyBatches, TinyObjective, TwoHeads
from torch import nn

from concord.process import memory_mb
from concord.training import TrainerOptions
from concord.training.alignment import AlignmentBatches, AlignmentObjective
from concord.training.batches.collate import MaskingOptions
from concord.training.kept_tensors import KeptTensors, count_kept_tensors
from concord.training.memory_estimate import (
    MemoryEstimate,
    estimate_memory,
    optimizer_bytes,
    update_bytes,
)
from concord.training.optimization.averaging import AveragingOptions
from concord.training.optimization.optim import OptimizerOptions, build_optimizer

KEPT = KeptTensors(
    casts=6,  # of these 4 and 1 in the layers
    outside=10,
    layers=(100, 80),
    layer_casts=(4, 1),
    layer_inputs=(8, 8),
    layer_gradients=(30, 30),
    largest=40,
)


class TwoProducts(nn.Module):
    """A number for each row: two products with a rectifier in between."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 2, bias=False)
        self.second = nn.Linear(2, 1, bias=False)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        outputs: torch.Tensor = self.second(self.first(inputs).relu())
        return outputs


def test_what_the_way_back_reads_is_counted_once_and_weights_are_not() -> None:
    model, inputs = TwoProducts(), torch.ones(4, 3)
    kept = count_kept_tensors(model, lambda: model(inputs).square().sum())
    # the inputs (4 x 3), the rectified (4 x 2; the rectifier and the product share them) and
    # what is squared (4 x 1), each number in 4 bytes
    assert kept.outside == 4 * (12 + 8 + 4)
    assert kept.activations(is_recomputed=True) == 96  # there are no layers to compute again
    assert kept.largest == 48


def test_a_pass_with_cast_weights_keeps_the_casts() -> None:
    model, inputs = TwoProducts(), torch.ones(4, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        kept = count_kept_tensors(model, lambda: model(inputs).square().sum())
    # The way back to the first product's weights alone needs no copy of them: the second's 1 x 2
    # numbers in 2 bytes each.
    assert kept.casts == 4


def test_layers_that_are_computed_again_keep_their_inputs_and_one_of_them_at_a_time() -> None:
    assert KEPT.activations(is_recomputed=False) == 190  # 10 + 100 + 80
    assert KEPT.activations(is_recomputed=True) == 126  # 10 + 8 + 8 + 100
    assert KEPT.casts_at_once(is_recomputed=False) == 6
    assert KEPT.casts_at_once(is_recomputed=True) == 5  # 1 outside, 4 in the larger layer


def test_gradients_come_as_what_is_kept_goes() -> None:
    # At the top: 10 + 1 outside, 104 + 81. Below: 11 + 104 and 30 of gradients.
    assert KEPT.on_the_way_back(is_recomputed=False) == 196
    # At the top: 11, both inputs and 81: 108. Below: 11 + 8 + 104 and 30 of gradients.
    assert KEPT.on_the_way_back(is_recomputed=True) == 153


@pytest.mark.parametrize(
    ("name", "matrix", "vector"),
    [
        ("adamw", 480, 40),  # two averages of 10 x 6 and of 5 numbers, 4 bytes each
        ("adafactor", 64, 20),  # 10 rows and 6 columns; a vector's own 5
        ("sophia_g", 480, 40),
        ("adamw_8bit", 480, 40),  # too small for 8 bits
    ],
)
def test_an_optimiser_keeps_so_much(name: str, matrix: int, vector: int) -> None:
    shapes = ((10, 6), (5,))
    parameters = [nn.Parameter(torch.zeros(shape)) for shape in shapes]
    assert [optimizer_bytes(name, [each]) for each in parameters] == [matrix, vector]


@pytest.mark.parametrize("name", ["adamw", "adafactor"])
def test_so_much_is_what_it_then_has(name: str) -> None:
    model = TwoProducts()
    optimizer = build_optimizer(model, OptimizerOptions(name=name))  # type: ignore[arg-type]
    model(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    state = [value for each in optimizer.state.values() for value in each.values()]
    held = [each for each in state if isinstance(each, torch.Tensor) and each.dim()]
    assert sum(each.nbytes for each in held) == optimizer_bytes(name, list(model.parameters()))


def test_large_tensors_have_8_bits_and_a_scale_for_each_256() -> None:
    parameter = nn.Parameter(torch.zeros(64, 64))
    # two averages of 4,096 bytes and 16 scales of 4 bytes
    assert optimizer_bytes("adamw_8bit", [parameter]) == 2 * (4096 + 64)


def test_an_update_holds_for_a_moment_what_its_optimiser_makes() -> None:
    parameters = [nn.Parameter(torch.zeros(10)), nn.Parameter(torch.zeros(2))]
    names = ("adamw", "adafactor", "adamw_8bit", "sophia_h")
    found = [update_bytes(name, parameters, "cpu") for name in names]
    assert found == [0, 4 * 40, 5 * 40, 3 * 48]
    assert update_bytes("adamw_8bit", parameters, "cuda") == 0  # in one kernel there


def _estimate(*, num_processes: int = 1, **options: object) -> MemoryEstimate:
    return estimate_memory(
        TwoHeads(),
        TinyBatches().epoch(0)[0],
        TinyObjective(),
        TrainerOptions(mixed_precision="no", **options),  # type: ignore[arg-type]
        num_processes=num_processes,
    )


def test_the_parts_of_an_estimate_are_those_of_the_weights_that_learn() -> None:
    found = _estimate()
    # 2 x 3 shared weights and two heads of 2
    assert (found.learned, found.parameters, found.gradients) == (10, 40, 40)
    assert (found.optimizer, found.copies, found.casts) == (80, 0, 0)
    assert found.bytes_per_parameter == 16  # 4 + 4 + 8
    # The inputs of both products (4 x 3, 4 x 2) and what is squared (4), 4 bytes each; the two
    # counts that errors are divided by, 8 bytes each; which of two heads it is, 1 byte each.
    assert found.activations == 48 + 32 + 16 + 16 + 2
    assert found.workspace == 48  # the largest of them
    assert found.peak_mb == pytest.approx(sum(found.parts_mb().values()))
    assert 50 < found.libraries / 1e6 < memory_mb() + 100  # of this process


def test_averages_several_devices_and_projected_gradients_hold_copies() -> None:
    assert _estimate(averaging=AveragingOptions()).copies == 40
    assert _estimate(averaging=AveragingOptions(kind="last", last=3)).copies == 120
    assert _estimate(num_processes=2).copies == 40
    assert _estimate(gradients="pcgrad").copies == 80  # one to each of two parts


def test_mixed_precision_takes_18_bytes_for_each_parameter() -> None:
    found = MemoryEstimate(
        libraries=0, parameters=400, gradients=400, optimizer=800, copies=0, casts=200,
        activations=50, workspace=5, peak=1850, learned=100, device="cpu",
    )  # fmt: skip
    assert found.bytes_per_parameter == 18


def _of_encoder(max_batch_tokens: int, **options: object) -> MemoryEstimate:
    model = model_without_dropout()
    mixture = build_mixture(model, max_batch_tokens=max_batch_tokens)
    masking = MaskingOptions()
    batch = AlignmentBatches(mixture, model.tokenizer, masking, 0).epoch(0)[0]
    return estimate_memory(
        model,
        batch,
        AlignmentObjective(masking),
        TrainerOptions(**options),  # type: ignore[arg-type]
    )


def test_larger_batches_take_more_and_recomputed_layers_less() -> None:
    small, large = (_of_encoder(tokens).activations for tokens in (60, 240))
    assert large > 2 * small
    assert _of_encoder(240, gradient_checkpointing=True).activations < 0.8 * large
    assert _of_encoder(240, mixed_precision="no").activations > large
    assert _of_encoder(240, mixed_precision="no").casts == 0 < _of_encoder(240).casts


def test_an_estimate_changes_nothing() -> None:
    model = TwoHeads().eval()
    before = torch.get_rng_state()
    options = TrainerOptions(mixed_precision="no")
    estimate_memory(model, TinyBatches().epoch(0)[0], TinyObjective(), options)
    assert torch.equal(torch.get_rng_state(), before)
    assert not model.training
    assert all(each.grad is None for each in model.parameters())
