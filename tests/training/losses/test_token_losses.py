"""The losses of token tasks equal their definitions on inputs small enough to try all."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from tests.tiny_models import MAX_TOKENS, VOCABULARY
from tests.tiny_task_models import tiny_task_model, training_batch
from torch import Tensor, nn

from concord.model import TaskModel
from concord.model.task_heads import Draft, Judgement, ReplacedModule
from concord.model.task_heads.tokens import TokensModule
from concord.model.task_heads.vocabulary import VocabularyModule
from concord.tasks import IGNORED
from concord.tasks.entities import Entities
from concord.tasks.masked_language import MaskedLanguage
from concord.tasks.question_answering import AnswerSpan, QuestionAnswering, QuestionInput
from concord.tasks.replaced_tokens import ReplacedTokens
from concord.tasks.tagging import EntitySpan
from concord.tasks.word_inputs import words_in_list
from concord.training.batches.corruption import corrupt_batch
from concord.training.batches.task_batches import TaskBatch, TaskPart
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.losses.task_losses import task_loss
from concord.training.task_objective import TaskObjective


def _part(targets: list[list[float]], *, rows: int = 1) -> TaskPart:
    return TaskPart(
        rows=torch.arange(rows),
        sizes=torch.ones(len(targets), dtype=torch.long),
        target=torch.tensor([number for each in targets for number in each]),
        target_sizes=torch.tensor([len(each) for each in targets]),
    )


def test_the_crf_loss_is_the_likelihood_among_all_tag_sequences() -> None:
    torch.manual_seed(0)
    head = TokensModule(Entities(labels=("A",), crf=True).head, 8)
    outputs = torch.randn(9, 3, requires_grad=True)
    nothing = float(IGNORED)
    # three chains: of three tags, of one tag, and of none
    part = _part([[nothing, 2, 0, nothing, 1, nothing], [nothing, 1], [nothing]])

    def score(scores: Tensor, tags: tuple[int, ...]) -> Tensor:
        total = head.starts[tags[0]] + head.ends[tags[-1]]
        for place, tag in enumerate(tags):
            total = total + scores[place, tag]
        for before, after in pairwise(tags):
            total = total + head.transitions[before, after]
        return total

    wanted = torch.zeros(())
    for rows, tags in (([1, 2, 4], (2, 0, 1)), ([7], (1,))):
        scores = outputs[rows]
        every = [score(scores, each) for each in product(range(3), repeat=len(rows))]
        wanted = wanted + torch.stack(every).logsumexp(0) - score(scores, tags)
    loss = task_loss("crf")
    found = loss.total(outputs, part, head)
    assert found.item() == pytest.approx(wanted.item(), rel=1e-5)
    assert int(loss.units(part)) == 4
    parameters = [outputs, head.transitions, head.starts, head.ends]
    ours = torch.autograd.grad(found, parameters)
    theirs = torch.autograd.grad(wanted, parameters)
    for one, other in zip(ours, theirs, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_batch_without_tags_costs_nothing_and_still_has_gradients() -> None:
    head = TokensModule(Entities(labels=("A",), crf=True).head, 8)
    total = task_loss("crf").total(torch.randn(2, 3), _part([[IGNORED, IGNORED]]), head)
    (gradient,) = torch.autograd.grad(total, [head.transitions])
    assert total.item() == 0
    assert gradient.abs().sum() == 0


def test_the_tag_loss_leaves_out_tokens_without_a_tag() -> None:
    logits = torch.tensor([[5.0, 0.0], [0.0, 0.0], [1.0, 3.0]])
    part = _part([[IGNORED, 0, 1]])
    loss = task_loss("token_cross_entropy")
    # ln 2 for the second token, ln(1 + e^-2) for the third
    wanted = torch.log(torch.tensor(2.0)) + torch.log1p(torch.exp(torch.tensor(-2.0)))
    assert loss.total(logits, part, None).item() == pytest.approx(wanted.item())
    assert int(loss.units(part)) == 2


@pytest.mark.parametrize("crf", [False, True])
def test_the_loss_of_tags_is_the_same_however_sentences_are_batched(crf: bool) -> None:
    model = tiny_task_model({"ner": Entities(labels=("A", "B"), crf=crf)})
    inputs = [words_in_list(text.split()) for text in ("the old bridge", "it", "in rome it is x y")]
    golds = [(EntitySpan("A", 1, 3),), (), (EntitySpan("B", 1, 2),)]
    objective = TaskObjective(model.tasks, LossWeightOptions())
    whole = training_batch(model, "ner", inputs, golds, MAX_TOKENS)
    counts = objective.count([whole])
    assert counts.tolist()[:2] == [10, 3]  # 10 words, 3 sentences
    together = objective.losses(model, whole, counts).sum()
    alone = [
        objective.losses(model, training_batch(model, "ner", [each], [gold], MAX_TOKENS), counts)
        for each, gold in zip(inputs, golds, strict=True)
    ]
    assert together.item() == pytest.approx(torch.cat(alone).sum().item(), rel=1e-5)


def test_the_span_loss_is_the_mean_of_two_cross_entropies_over_positions() -> None:
    # two windows of 3 and 2 tokens; logits of start and end, minus infinity for padding
    gap = float("-inf")
    logits = torch.tensor(
        [[[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0], [gap, gap]]],
        requires_grad=True,
    )
    part = _part([[1, 2, 0, 0]], rows=2)
    loss = task_loss("span_cross_entropy")
    total = loss.total(logits, part, None)
    e = math.e
    first = math.log((e**2 + 2) / e**2) + math.log(e + 2)  # -log p(start 1), -log p(end 2)
    second = 2 * math.log((e + 1) / e)  # -log p(0) twice
    assert total.item() == pytest.approx((first + second) / 2)
    assert int(loss.units(part)) == 2
    (gradient,) = torch.autograd.grad(total, [logits])
    assert torch.isfinite(gradient).all()


def test_windows_of_a_question_are_learned_alike_in_any_batch() -> None:
    task = QuestionAnswering(stride=4)
    model = tiny_task_model({"qa": task})
    context = "the bridge opened in 1932 it is long the river is old it is not the bridge"
    inputs = [QuestionInput(context, "the old bridge"), QuestionInput("it", "is it old")]
    golds = [(AnswerSpan("in 1932", 18),), ()]
    objective = TaskObjective(model.tasks, LossWeightOptions())
    whole = training_batch(model, "qa", inputs, golds, 16)
    counts = objective.count([whole])
    assert counts.tolist()[:2] == [len(whole.input_ids), 2]  # each window is a unit
    assert len(whole.input_ids) > 2
    together = objective.losses(model, whole, counts).sum()
    alone = [
        objective.losses(model, training_batch(model, "qa", [each], [gold], 16), counts)
        for each, gold in zip(inputs, golds, strict=True)
    ]
    assert together.item() == pytest.approx(torch.cat(alone).sum().item(), rel=1e-5)


def _hidden_batch(model: TaskModel, name: str, texts: list[str]) -> TaskBatch:
    task = model.tasks[name]
    inputs = [task.read_input({"text": text}) for text in texts]
    batch = training_batch(model, name, inputs, [()] * len(texts), MAX_TOKENS)
    return corrupt_batch(batch, model.tasks, model.tokenizer, np.random.default_rng(5))


def test_the_masked_language_loss_is_the_likelihood_of_the_hidden_tokens() -> None:
    model = tiny_task_model({"lm": MaskedLanguage(rate=0.5)})
    batch = _hidden_batch(model, "lm", ["the bridge opened in 1932", "it is long and old"])
    objective = TaskObjective(model.tasks, LossWeightOptions())
    counts = objective.count([batch])
    found = objective.losses(model, batch, counts)
    part = batch.parts["lm"]
    head = model.heads["lm"]
    assert isinstance(head, VocabularyModule)
    states = model.states(batch.input_ids, batch.attention_mask, batch.token_type_ids)
    rows = head.logits(states[batch.attention_mask == 1]).log_softmax(dim=1)
    is_hidden = part.target != IGNORED
    wanted = [-rows[place, int(part.target[place])] for place in is_hidden.nonzero()[:, 0].tolist()]
    assert counts[0] == len(wanted) > 2
    assert found.item() == pytest.approx(torch.stack(wanted).mean().item(), rel=1e-5)
    embedding = model.encoder.get_input_embeddings().get_parameter("weight")
    (gradient,) = torch.autograd.grad(found.sum(), [embedding])
    never_read = VOCABULARY.index("~")
    assert gradient[never_read].abs().sum() > 0  # the output matrix learns too


def test_electra_calls_a_token_replaced_unless_it_is_the_original() -> None:
    head = ReplacedModule(
        ReplacedTokens(generator_layers=1, generator_size=16).head, 8, nn.Embedding(4, 8), 16
    )
    # tokens: [CLS] a b c [SEP]; a and c are hidden, the generator draws a rightly and c wrongly
    part = _part([[IGNORED, 1, IGNORED, 3, IGNORED]])
    is_written = torch.tensor([False, True, False, True, False])
    draft_logits = torch.zeros(2, 4)
    draft = Draft(torch.zeros(1, 5).long(), is_written, draft_logits, torch.tensor([1, 2]))
    logits = torch.tensor([0.0, -1.0, 0.0, 2.0, 0.0])
    loss = task_loss("replaced_tokens")
    total = loss.total(Judgement(draft, logits), part, head)
    generated = 2 * math.log(4)
    judged = 3 * math.log(2) + math.log1p(math.exp(-1)) + math.log1p(math.exp(-2))
    assert int(loss.units(part)) == 2
    assert total.item() / 2 == pytest.approx(generated / 2 + 50 * judged / 5)


def test_the_generator_writes_before_the_encoder_reads_and_learns_only_from_its_own_loss() -> None:
    task = ReplacedTokens(rate=0.5, generator_layers=1, generator_size=16)
    model = tiny_task_model({"rtd": task, "ner": Entities(labels=("A",))})
    batch = _hidden_batch(model, "rtd", ["the bridge opened in 1932", "it is long and old"])
    rows = {"rtd": batch.parts["rtd"].rows}
    torch.manual_seed(0)
    found = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)["rtd"]
    mask = VOCABULARY.index("[MASK]")
    is_mask = batch.input_ids == mask
    assert (found.draft.written == found.draft.input_ids[is_mask]).all()
    assert torch.equal(found.draft.input_ids[~is_mask], batch.input_ids[~is_mask])
    # what the encoder read is the draft, not the masks
    states = model.states(found.draft.input_ids, batch.attention_mask, batch.token_type_ids)
    head = model.heads["rtd"]
    assert isinstance(head, ReplacedModule)
    again = head(states, batch.attention_mask, found.draft)
    assert torch.allclose(found.logits, again.logits, atol=1e-5)
    generator = list(head.generator.parameters())
    unused = torch.autograd.grad(
        found.logits.sum(), generator, allow_unused=True, retain_graph=True
    )
    assert all(gradient is None for gradient in unused)
    loss = task_loss("replaced_tokens").total(found, batch.parts["rtd"], head)
    learned = torch.autograd.grad(loss, generator)
    assert all(gradient.abs().sum() > 0 for gradient in learned[:3])


def test_the_generator_reads_each_text_by_itself() -> None:
    task = ReplacedTokens(rate=0.5, generator_layers=2, generator_size=16)
    model = tiny_task_model({"rtd": task})
    head = model.heads["rtd"]
    assert isinstance(head, ReplacedModule)
    batch = _hidden_batch(model, "rtd", ["the bridge opened in 1932", "it is"])
    is_mask = batch.input_ids == VOCABULARY.index("[MASK]")
    with torch.inference_mode():
        logits = head.generator(batch.input_ids, batch.attention_mask, is_mask)
        alone = [
            head.generator(
                batch.input_ids[row : row + 1, :length],
                batch.attention_mask[row : row + 1, :length],
                is_mask[row : row + 1, :length],
            )
            for row, length in enumerate(batch.attention_mask.sum(dim=1).tolist())
        ]
    assert torch.allclose(logits, torch.cat(alone), atol=1e-5)
