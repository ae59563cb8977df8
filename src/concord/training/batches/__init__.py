"""Micro-batches of tasks and pairs, and tokens hidden anew in each."""
