"""How much of what a model is judged on it may have seen before."""
