"""HMI: an operator's window on a plant, straight from its controllers, with its own history."""

import os

__version__ = "0.1.0"

# numpy's linear algebra is not used: its threads would only be started, at a tenth of a second for each process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
