"""What the commands' tests share: an installed station."""

from tests.update.conftest import root

__all__ = ["root"]
