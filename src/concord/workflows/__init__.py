"""The things a user runs, one file each: options, and one function that wires the parts."""
