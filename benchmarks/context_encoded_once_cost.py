"""What encoding a context once saves: counted in multiply-adds, and timed with a prototype.

A document is chunks of a context, each scored with each sentence of a claim. Where the lowest
layers keep the two sides apart (`context_encoded_once.py`), they run once for a chunk, and the
upper layers once for each chunk and sentence. Beside it stands a saving that needs no training:
only the first token is read after the last layer, so the others need no last layer beyond their
keys and values. All ways take turns in each round. Needs the `train` extra.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import torch
from context_encoded_once import SeparatedSides, encoder_layers
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from concord.artifact import find_model
from concord.model import AlignmentModel

CONTEXT_TOKENS: Final = 100  # of a chunk, with [CLS] and [SEP]
CLAIM_TOKENS: Final = 28  # of a sentence, with [SEP]: together the window of 128
SENTENCES: Final = (1, 3, 6, 12)
KEPT: Final = 0.25  # of the chunks, where a relevance stage chooses them for each sentence
MOST_DIFFERENCE: Final = 1e-4  # of logits in float32; else the prototype is another model
_PAIRS_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to score: layers that run once for a chunk, and whether the last one is cut short."""

    shared_layers: int = 0
    is_last_short: bool = False

    def __str__(self) -> str:
        return f"{self.shared_layers}{', short last layer' if self.is_last_short else ''}"


WAYS: Final = tuple(
    Way(shared_layers=layers, is_last_short=is_short)
    for is_short in (False, True)
    for layers in (0, 2, 3, 4)
)


def count_layer(tokens: int, outputs: int, sizes: Mapping[str, int]) -> int:
    """Return a layer's multiply-adds, where only some tokens' outputs are wanted."""
    hidden, inner = sizes["hidden_size"], sizes["intermediate_size"]
    keys_and_values = tokens * 2 * hidden * hidden
    rest = outputs * (2 * hidden * hidden + 2 * hidden * inner)
    return keys_and_values + rest + 2 * outputs * tokens * hidden


def count_chunk(
    way: Way, sentences: float, sizes: Mapping[str, int], *, encoded: float = 1.0
) -> float:
    """Return the multiply-adds that a chunk costs.

    Args:
        way: How it is scored.
        sentences: With how many sentences it is scored, on average.
        sizes: The encoder's.
        encoded: The probability that it is scored with any, and so encoded.
    """
    window = CONTEXT_TOKENS + CLAIM_TOKENS
    once = way.shared_layers * count_layer(CONTEXT_TOKENS, CONTEXT_TOKENS, sizes)
    claim = way.shared_layers * count_layer(CLAIM_TOKENS, CLAIM_TOKENS, sizes)
    upper = sizes["num_hidden_layers"] - way.shared_layers - 1
    last = count_layer(window, 1 if way.is_last_short else window, sizes)
    return encoded * once + sentences * (claim + upper * count_layer(window, window, sizes) + last)


class Prototype:
    """Scores chunks with sentences, the lowest layers run on each side alone.

    A sentence's lower states hang on the length of the chunk before it, through its positions,
    so they are computed for each chunk anew, as in a document whose chunks differ in length.
    """

    def __init__(self, model: AlignmentModel, way: Way) -> None:
        layers = list(encoder_layers(model))
        self._model = model
        self._embed: nn.Module = model.encoder.get_submodule("embeddings")
        self._lower, self._upper = layers[: way.shared_layers], layers[way.shared_layers :]
        self._is_last_short = way.is_last_short

    @torch.inference_mode()
    def logits(self, chunks: Tensor, sentences: Tensor) -> Tensor:
        """Return logits, ``(chunks, sentences, 6)``, for ids ``(chunks or sentences, tokens)``."""
        contexts = torch.cat(
            [self._run(part, 0, 0) for part in torch.split(chunks, _PAIRS_AT_ONCE)]
        )
        count, rows = len(sentences), []
        pairs = torch.cartesian_prod(torch.arange(len(chunks)), torch.arange(count))
        for part in torch.split(pairs, _PAIRS_AT_ONCE):
            claims = self._run(sentences[part[:, 1]], chunks.shape[1], 1)
            rows.append(self._finish(torch.cat([contexts[part[:, 0]], claims], dim=1)))
        return torch.cat(rows).view(len(chunks), count, -1)

    def _run(self, ids: Tensor, start: int, side: int) -> Tensor:
        states: Tensor = self._embed(
            input_ids=ids,
            token_type_ids=torch.full_like(ids, side),
            position_ids=torch.arange(start, start + ids.shape[1])[None],
        )
        for layer in self._lower:
            states = layer(states)
        return states

    def _finish(self, states: Tensor) -> Tensor:
        *whole, last = self._upper
        for layer in whole:
            states = layer(states)
        states = first_token(last, states) if self._is_last_short else last(states)
        logits: Tensor = self._model.heads(self._model.encoder.get_submodule("pooler")(states))
        return logits


def first_token(layer: nn.Module, states: Tensor) -> Tensor:
    """Run a BERT layer for the first token's output alone, ``(pairs, 1, hidden)``."""
    attention = layer.get_submodule("attention.self")
    size = int(attention.attention_head_size)  # type: ignore[arg-type]

    def split(name: str, part: Tensor) -> Tensor:
        values: Tensor = attention.get_submodule(name)(part)
        return values.view(*part.shape[:2], -1, size).transpose(1, 2)

    first = states[:, :1]
    mixed = scaled_dot_product_attention(
        split("query", first), split("key", states), split("value", states)
    )
    seen = layer.get_submodule("attention.output")(mixed.transpose(1, 2).flatten(2), first)
    output: Tensor = layer.get_submodule("output")(layer.get_submodule("intermediate")(seen), seen)
    return output


def largest_difference(folder: str, way: Way, chunks: Tensor, sentences: Tensor) -> float:
    """Return by how much the prototype's logits differ from the masked model's, in float32."""
    model = AlignmentModel.from_pretrained(folder)
    found = Prototype(model, way).logits(chunks, sentences)
    SeparatedSides(model, way.shared_layers)
    pairs = torch.cartesian_prod(torch.arange(len(chunks)), torch.arange(len(sentences)))
    ids = torch.cat([chunks[pairs[:, 0]], sentences[pairs[:, 1]]], dim=1)
    types = (torch.arange(ids.shape[1]) >= chunks.shape[1]).long().expand_as(ids)
    with torch.inference_mode():
        wanted: Tensor = model(ids, torch.ones_like(ids), types)
    return float((found.flatten(0, 1) - wanted).abs().max())


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    folder = str(find_model(options.model))
    model = AlignmentModel.from_pretrained(folder).to(torch.bfloat16)
    _print_counts(model.encoder.config.to_dict())
    generator = torch.Generator().manual_seed(0)
    chunks = torch.randint(1000, 20_000, (options.chunks, CONTEXT_TOKENS), generator=generator)
    sentences = torch.randint(1000, 20_000, (max(SENTENCES), CLAIM_TOKENS), generator=generator)
    worst = max(largest_difference(folder, way, chunks[:3], sentences[:3]) for way in WAYS)
    if worst > MOST_DIFFERENCE:
        raise SystemExit(f"logits differ from the masked model's by {worst:.1e}")
    print(f"logits differ from the masked model's by at most {worst:.1e} in float32")
    size = model.encoder.config.hidden_size * 2
    print(f"bf16 states of one chunk of 128 tokens: {128 * size:,} bytes")
    print(f"{processor_name()}, {options.threads} threads, bf16, {options.chunks} chunks")
    for count in SENTENCES:
        _time(model, chunks, sentences[:count], options.rounds)


def processor_name() -> str:
    """Return what Linux calls the processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))


def _print_counts(sizes: Mapping[str, int]) -> None:
    print(f"how many times fewer multiply-adds than today, for {SENTENCES} sentences; in brackets")
    print(f"where each sentence chooses {KEPT:.0%} of the chunks, independently of the others")
    for way in WAYS:
        cells = []
        for count in SENTENCES:
            every = count_chunk(WAYS[0], count, sizes) / count_chunk(way, count, sizes)
            # Sentences that choose their chunks independently leave a chunk out together.
            encoded, chosen = 1 - (1 - KEPT) ** count, KEPT * count
            some = count_chunk(way, chosen, sizes, encoded=encoded)
            cells.append(f"{every:.2f} ({count_chunk(WAYS[0], chosen, sizes) / some:.2f})")
        print(f"| {way} | {' | '.join(cells)} |")


def _time(model: AlignmentModel, chunks: Tensor, sentences: Tensor, rounds: int) -> None:
    prototypes = [Prototype(model, way) for way in WAYS]
    prototypes[0].logits(chunks[:4], sentences)  # the first products pay for their set-up
    taken = [[_seconds(each, chunks, sentences) for each in prototypes] for _ in range(rounds)]
    for index, way in enumerate(WAYS):
        gains = sorted(each[0] / each[index] for each in taken)
        seconds = median(each[index] for each in taken)
        print(
            f"{len(sentences)} sentences, {way}: {seconds:.3f} processor seconds, "
            f"{median(gains):.2f} times as fast ({gains[0]:.2f} to {gains[-1]:.2f})",
            flush=True,
        )


def _seconds(prototype: Prototype, chunks: Tensor, sentences: Tensor) -> float:
    started = time.process_time()  # the waits while others use the core are no cost of ours
    prototype.logits(chunks, sentences)
    return time.process_time() - started


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="concord-mini", help="any weights: the time is the same")
    parser.add_argument("--chunks", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
