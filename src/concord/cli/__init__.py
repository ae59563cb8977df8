"""The `concord` command: one file per subcommand, each parses, calls a workflow and prints."""
