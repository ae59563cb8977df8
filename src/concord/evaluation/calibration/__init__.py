"""How sure scores should be, and from which score on to say "supported"."""
