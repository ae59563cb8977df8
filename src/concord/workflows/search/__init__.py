"""The parts of `concord tune`: its space, its trials, the study, and what is written of it."""
