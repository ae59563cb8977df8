"""The parts of `concord stages`: its plan, its Fisher information, and what is written of it."""
