"""The parts of `concord compare`: its results, and what is drawn of them."""
