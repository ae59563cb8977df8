"""`python -m concord`, which is the `concord` command."""

from concord.cli.main import main

if __name__ == "__main__":
    main()
