"""The parts of scoring many rows: windows, what scores them, and what is done so far."""
