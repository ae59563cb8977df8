"""From files to alignment examples."""
