"""How parameters move: optimisers, schedules, gradients, averages of the weights."""
