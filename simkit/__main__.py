"""`python -m simkit` is the `simkit` command."""

from simkit.cli import main

if __name__ == "__main__":
    main()
