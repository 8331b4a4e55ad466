"""`python -m reactivate` is the same program as `reactivate`."""

from reactivate.cli.main import main

if __name__ == "__main__":
    main()
