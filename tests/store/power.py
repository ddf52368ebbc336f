"""A small disk of its own whose power can be cut: what was not on it at that moment is gone."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from pathlib import Path

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
_WITHOUT_ITS_LOG = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: neither data nor the file system's own log are written out


def why_no_disk(folder: Path) -> str:
    """Why no such disk can be had here; "" if it can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "a disk of our own needs root"
    if not shutil.which("mkfs.ext4"):
        return "there is no mkfs.ext4 here"
    disk = Disk(folder / "probe", megabytes=16)
    try:
        disk.on()
        disk.cut()
    except (subprocess.CalledProcessError, OSError) as error:
        return f"this kernel gives no disk whose power can be cut: {getattr(error, 'stderr', None) or error}"
    finally:
        disk.off()
    return ""


class Disk:
    """An ext4 file system in a file; `root` is where it is mounted."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.root = place / "disk"
        self._image = place / "image"
        self.root.mkdir(parents=True)
        with self._image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        _do("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))

    def on(self, *, writable: bool = True) -> None:
        """Switch it on: what its log has is brought in, as at any start after a power cut."""
        device = _do("losetup", "--find", "--show", str(self._image))
        try:
            _do("mount", "-o", "rw" if writable else "ro", device, str(self.root))
        finally:
            _do("losetup", "--detach", device)  # it goes when nothing is mounted of it any more

    def cut(self) -> None:
        """Cut its power, now: nothing reaches it from here on."""
        place = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(place, _SHUTDOWN, struct.pack("I", _WITHOUT_ITS_LOG))
        finally:
            os.close(place)

    def off(self) -> None:
        """Take it away; nobody should have a file open on it."""
        while self._is_there():
            try:
                _do("umount", str(self.root))
            except subprocess.CalledProcessError:
                _do("umount", "--lazy", str(self.root))
                raise

    def _is_there(self) -> bool:
        return f" {self.root} " in Path("/proc/self/mounts").read_text()  # os.path.ismount asks the disk itself

    def pull(self) -> None:
        """Take it away from those who have files open on it; what comes back is another disk with the same on it."""
        _do("umount", "--lazy", str(self.root))
        same = self._image.with_name(self._image.name + "-again")
        shutil.copyfile(self._image, same)
        self._image = same

    def allow_writing(self) -> None:
        """A disk that could only be read can be written from now on."""
        _do("mount", "-o", "remount,rw", str(self.root))


def _do(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
