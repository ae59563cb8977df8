"""What prompts and prefixes have in common: places before a text that no token of it stands at."""

import torch
from torch import Tensor

from concord.errors import ConfigError


def prepended_mask(attention_mask: Tensor, num_tokens: int) -> Tensor:
    """Return an attention mask that lets places before each text be seen too.

    Args:
        attention_mask: 1 on real tokens, shape ``(batch, tokens)``.
        num_tokens: How many places.
    """
    # Written without the batch's size, which an exported graph would take for a constant.
    before = torch.ones_like(attention_mask[:, :1]).expand(-1, num_tokens)
    return torch.cat([before, attention_mask], dim=1)


def check_num_tokens(number: int) -> None:
    """Refuse a number of places that is none.

    Raises:
        ConfigError: If it is below 1.
    """
    if number < 1:
        raise ConfigError(f"num_tokens must be at least 1, got {number}")
