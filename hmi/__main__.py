"""`python -m hmi` is the same program as `hmi`."""

import gc
import sys

gc.disable()  # nothing that is read in at the start is garbage: it is turned on before a verb begins its work

from hmi.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
