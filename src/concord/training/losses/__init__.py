"""What is minimised: losses of heads, their weights, penalties, and what teachers say."""
