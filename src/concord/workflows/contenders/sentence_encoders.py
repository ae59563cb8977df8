"""Any Hugging Face sentence encoder for the cosine baseline, as it is, without an export."""

from pathlib import Path
from typing import Final

from concord.artifact import CONFIG_FILE, SECTION
from concord.errors import ConfigError
from concord.evaluation.sentence_encoder import SentenceEncoder
from concord.evaluation.systems.building import cosine_of_tasks
from concord.evaluation.systems.cosine import EncoderFacts, cosine_system
from concord.evaluation.systems.model_facts import (
    count_parameters,
    folder_digest,
    weights_size_mb,
)
from concord.evaluation.systems.system import System
from concord.model import TaskModel
from concord.model.encoder import EncoderOptions
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.embedding import Embedding
from concord.tasks.heads import Pooling
from concord.workflows.contenders.folders import find_folder, read_json, shown_name
from concord.workflows.task_validation import live_predictor

_POOLING_FILE: Final = "1_Pooling/config.json"
_LIMIT_FILE: Final = "sentence_bert_config.json"
_POOLINGS: Final = {
    "cls": Pooling.FIRST,
    "cls_token": Pooling.FIRST,
    "mean": Pooling.MEAN,
    "mean_tokens": Pooling.MEAN,
}
_TASK: Final = "sentence"


def open_cosine(model: str | Path, *, threads: int | None = None) -> System:
    """Return the cosine system of a model of tasks, or of any Hugging Face encoder.

    An encoder's vectors are pooled as sentence-transformers' files beside it say, and by the mean
    without such files.

    Args:
        model: A folder, a hub id "owner/name", or "package:NAME" for an installed package that
            carries a model.
        threads: CPU threads to use; all cores unless given.

    Raises:
        ArtifactError: If the encoder cannot be loaded.
        ConfigError: If its vectors are pooled in a way that is not known here.
    """
    folder = find_folder(model)
    if SECTION in read_json(folder / CONFIG_FILE):
        return cosine_of_tasks(TaskPredictor.from_pretrained(folder, threads=threads), folder)
    limit = read_json(folder / _LIMIT_FILE).get("max_seq_length") or 512
    encoder = TaskModel.from_encoder(EncoderOptions(name=str(folder)), max_tokens=int(limit))
    encoder.add_task(_TASK, Embedding(pooling=stated_pooling(folder)))
    facts = EncoderFacts(
        name=shown_name(model, folder),
        digest=folder_digest(folder),
        parameters=count_parameters(folder),
        size_mb=weights_size_mb(folder),
    )
    return cosine_system(SentenceEncoder(live_predictor(encoder.eval()), _TASK), facts)


def stated_pooling(folder: Path) -> Pooling:
    """Return how an encoder's vectors are pooled, as sentence-transformers keeps it.

    Raises:
        ConfigError: If in another way than by the first token or the mean.
    """
    stated = read_json(folder / _POOLING_FILE)
    prefix = "pooling_mode_"
    modes = [
        name.removeprefix(prefix) for name in stated if name.startswith(prefix) and stated[name]
    ]
    mode = str(stated.get("pooling_mode") or "+".join(modes) or "mean")
    if mode not in _POOLINGS:
        raise ConfigError(
            f"{folder / _POOLING_FILE} says pooling {mode!r}; the cosine of vectors by "
            f"{' or '.join(sorted({str(pooling) for pooling in _POOLINGS.values()}))} is known"
        )
    return _POOLINGS[mode]
