"""`python -m hmi` is the same program as `hmi`."""

import sys

from hmi.cli import main

if __name__ == "__main__":
    sys.exit(main())
