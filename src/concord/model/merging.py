"""One task of a model on a plain encoder, its own adapter in the encoder's weights."""

from concord.adaptation.peft_layers import merge_layers
from concord.errors import ConfigError
from concord.model.task_model import TaskModel


def merge_task(model: TaskModel, task: str) -> TaskModel:
    """Return a model of one task, which computes for it what the whole one does.

    Args:
        model: Stays as it is.
        task: One that has an adapter of its own.

    Raises:
        ConfigError: If it has none, or one of a kind that no plain encoder can compute with.
    """
    adapter = model.adapters.get(task)
    if adapter is None:
        raise ConfigError(f"task {task!r} has no adapter of its own that could be merged")
    if not adapter.is_mergeable:
        raise ConfigError(
            f"the adapter of task {task!r} is of kind {adapter.kind!r}, which cannot be put into "
            "the encoder's own weights; train one of kind lora instead"
        )
    encoder = merge_layers(model.encoder, task)
    merged = TaskModel(encoder, model.tokenizer, max_tokens=model.max_tokens)
    merged.add_task(task, model.tasks[task])
    merged.heads[task].load_state_dict(model.heads[task].state_dict())
    return merged.eval()
