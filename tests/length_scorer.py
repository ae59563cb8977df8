"""A stand-in for an aligner, which worker processes can open too."""

import os
import signal
import time
from collections.abc import Sequence

import numpy as np

from concord.alignment.scores import FloatArray
from concord.errors import InputError
from concord.scoring.verdicts import Label, Verdict


class LengthScorer:
    """Scores a claim by its length, so that rows can be told apart; a claim may ask for worse.

    Attributes:
        window_sizes: How many claims each call of `score` had.
    """

    def __init__(self) -> None:
        self.window_sizes: list[int] = []

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> FloatArray:
        """Give a hundredth for each character, after doing what claims ask for."""
        assert len(contexts) == len(claims)
        self.window_sizes.append(len(claims))
        for claim in claims:
            _obey(claim)
        return np.array([len(claim) / 100 for claim in claims], dtype=np.float32)

    def verify(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> list[Verdict]:
        """Call claims of three characters and more supported."""
        assert len(contexts) == len(claims)
        return [
            Verdict(Label.SUPPORTED if len(claim) >= 3 else Label.UNSUPPORTED, len(claim) / 100)
            for claim in claims
        ]


def _obey(claim: str) -> None:
    if claim == "wait":
        time.sleep(0.3)
    elif claim == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif claim == "refuse":
        raise InputError("this claim is refused")
    elif claim == "interrupt":
        raise KeyboardInterrupt
