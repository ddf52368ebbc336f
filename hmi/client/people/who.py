"""Who is signed in, in the header: a click, Enter or Space asks to sign in or out."""

from __future__ import annotations

from hmi.client.language import tr
from hmi.client.page import Clickable, Desk


class Who(Clickable):
    """The person's name, or that nobody is signed in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setAccessibleName(tr("Sign in"))
        self.look()

    def look(self) -> bool:
        """Show who it is now; True when that is somebody else than before."""
        desk = self._desk
        text = desk.present.words if desk.present is not None else desk.user or tr("nobody signed in")
        changed = text != self.whole
        self.say(text)
        signed = desk.present is not None and desk.present.person is not None
        self.setToolTip(tr("Sign out, or let somebody else sign in (Ctrl+U)") if signed else tr("Sign in (Ctrl+U)"))
        self.play("stale" if desk.present is not None and desk.present.locked else "")
        return changed
