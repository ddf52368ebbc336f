"""The installers for Linux: Debian's package, a .run for people without rights of root, and a plain tar for updates."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from archives import compressed_tar, deb
from content import CannotBuild, Entries, Entry, Release

TEMPLATES = Path(__file__).resolve().parent / "linux"
LONGEST_ACCOUNT = 32  # letters of an account's name on Linux
MAINTAINER = "Plant engineering <root@localhost>"


def tar(release: Release, out: Path) -> Path:
    """The version's folder alone, as `hmi update` takes it from a stick or a share."""
    target = out / f"{release.stem}.tar.zst"
    compressed_tar(target, release.files, release.made, "zst")
    return target


# ------------------------------------------------------------------------------------------------ Debian


def debian(release: Release, out: Path, kind: str = "zst") -> Path:
    """A package that needs nothing but glibc; the engine is a service of the system with an account of its own."""
    if len(release.slug) > LONGEST_ACCOUNT:
        text = f"{release.id} is too long a name for an account on Linux: at most {LONGEST_ACCOUNT - 4} letters"
        raise CannotBuild(f"{text}. Choose a shorter id in plant.toml, or build run and tar alone")
    slug, top = release.slug, f"opt/{release.slug}"
    words = _words(release, f"/{top}", f"/var/lib/{slug}", f"/var/backups/{slug}", f"/usr/bin/{slug}")
    data: Entries = {f"{top}/versions/{release.version}/{name}": one for name, one in release.files.items()}
    site = f"etc/{slug}/site.toml"
    data[f"{top}/place.json"] = Entry(_place(words, f"/{site}", f"{slug}.service"))
    data[f"usr/bin/{slug}"] = Entry(link=f"../../{top}/current/app/hmi")
    data[f"usr/share/applications/{slug}.desktop"] = _filled("app.desktop", words)
    data[f"usr/share/xsessions/{slug}.desktop"] = _filled("session.desktop", words)
    data[f"usr/share/icons/hicolor/{_icon_folder(release)}/apps/{slug}{release.icon.suffix}"] = Entry(path=release.icon)
    data[f"usr/lib/systemd/system/{slug}.service"] = _filled("engine.service", words)
    data[f"usr/share/doc/{release.package}/copyright"] = Entry(path=TEMPLATES.parent.parent / "LICENSE")
    data[site] = _filled("site.toml", words)
    data |= {f"{top}/{name}": one for name, one in release.keys.items()}
    papers: Entries = {name: _filled(name, words, 0o755) for name in ("preinst", "postinst", "prerm", "postrm")}
    papers["conffiles"] = Entry(f"/{site}\n".encode())
    papers["control"] = Entry(_control(release))
    ending = "" if kind == "zst" else f"-{kind}"
    target = out / f"{release.package}_{release.version}_amd64{ending}.deb"
    deb(target, papers, data, release.made, kind)
    return target


def _control(release: Release) -> bytes:
    fields = {
        "Package": release.package,
        "Version": release.version,
        "Architecture": "amd64",
        "Maintainer": os.environ.get("DEBFULLNAME", MAINTAINER),
        "Installed-Size": str(release.bytes() // 1024),
        "Depends": "libc6 (>= 2.35)",
        "Section": "misc",
        "Priority": "optional",
        "Description": f"{_plain(release.name)}: the operator's window and its engine",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{text} Program {release.program}, plant {release.id} version {release.plant}.\n".encode()


# --------------------------------------------------------------------------------------- without root


def run(release: Release, out: Path) -> Path:
    """A script with an archive behind it, made by makeself: for stations where nobody is root."""
    if shutil.which("makeself") is None:
        raise CannotBuild("makeself is not installed: apt-get install makeself")
    target = out / f"{release.stem}.run"
    with tempfile.TemporaryDirectory(prefix="run-", dir=out) as scratch:
        stage = Path(scratch) / "stage"
        _stage(release, stage)
        _makeself(release, stage, target)
    return target


def _stage(release: Release, stage: Path) -> None:
    words = _words(release, "%ROOT%", "%DATA%", "%DATA%.backups", '"%ROOT%/current/app/hmi"')
    papers = {
        "place.json": Entry(_place(words, f"%CONFIG%/{release.slug}/site.toml", "%SERVICE%")),
        "app.desktop": _filled("app.desktop", words),
        "user.service": _filled("user.service", words),
        "site.toml": _filled("site.toml", words),
        f"icon{release.icon.suffix}": Entry(path=release.icon),
    }
    own = {"ICONFILE": f"icon{release.icon.suffix}", "ICONTYPE": release.icon.suffix.lstrip(".")}
    own["ICONFOLDER"] = _icon_folder(release)
    script = _filled("install.sh", {**words, **own}, 0o755)
    for name, entry in {**papers, "install.sh": script}.items():
        lay(stage / name, entry)
    for name, entry in release.files.items():
        lay(stage / "version" / name, entry)
    for name, entry in release.keys.items():
        lay(stage / name, entry)


def lay(target: Path, entry: Entry) -> None:
    """Put an entry onto the disk: by a further name of the same file where that can be, which takes no time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if entry.link:
        target.symlink_to(entry.link)
    elif entry.path is None:
        target.write_bytes(entry.data)
        target.chmod(entry.mode)
    else:
        try:
            target.hardlink_to(entry.path.resolve())
        except OSError:  # another disk
            shutil.copyfile(entry.path, target)
            target.chmod(entry.mode)


def _makeself(release: Release, stage: Path, target: Path) -> None:
    """Everything that would tell one run of makeself from the next is said to it: times, owners, order, level."""
    same = f"--sort=name --mtime=@{release.made} --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w"
    tools = stage.parent.resolve() / "tools"
    tools.mkdir()
    lay(tools / "gzip", Entry(f'#!/bin/sh\nexec {shutil.which("gzip")} -n "$@"\n'.encode(), mode=0o755))
    command = ["makeself", "--gzip", "--complevel", "6", "--sha256", "--nox11", "--tar-quietly", "--quiet"]
    command += ["--tar-extra", same, "--packaging-date", str(release.made)]
    command += [stage.name, f"../{target.name}.partial", f"{_plain(release.name)} {release.version}", "./install.sh"]
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=stage.parent, env=environment, capture_output=True, text=True, check=False)
    draft = target.with_name(f"{target.name}.partial")
    if done.returncode != 0 or not draft.exists():
        raise CannotBuild(f"makeself failed: {(done.stderr or done.stdout).strip()[-500:]}")
    draft.replace(target)


# -------------------------------------------------------------------------------------------------- texts


def _words(release: Release, root: str, data: str, backups: str, command: str) -> dict[str, str]:
    return {
        "SLUG": release.slug,
        "NAME": release.name.replace("\n", " ").replace("%", "%%"),
        "PLAIN": _plain(release.name),
        "VERSION": release.version,
        "ROOT": root,
        "DATA": data,
        "BACKUPS": backups,
        "EXEC": command,
        "ICON": release.slug,
        "FUNCTIONS": "",
    }


def _plain(name: str) -> str:
    """A plant's name as it may stand in a script or a control file: letters, digits and quiet marks."""
    return re.sub(r"[^\w .,()/-]", " ", name).strip() or "a plant"


def _place(words: Mapping[str, str], site: str, service: str) -> bytes:
    """place.json: what belongs to the installation and outlives its versions; a key a line, as scripts read it, too."""
    body = {"data": words["DATA"], "site": site, "backups": words["BACKUPS"], "service": service}
    return json.dumps(body, indent=1).encode() + b"\n"


def _filled(name: str, words: Mapping[str, str], mode: int = 0o644) -> Entry:
    """A template with the plant's words in it."""
    text = (TEMPLATES / name).read_text("utf-8")
    functions = (TEMPLATES / "functions.sh").read_text("utf-8")
    if name == "preinst":
        functions += "\n" + (TEMPLATES / "keep.sh").read_text("utf-8")
    text = text.replace("@FUNCTIONS@\n", functions)
    for key, value in words.items():
        text = text.replace(f"@{key}@", value)
    return Entry(text.encode(), mode=mode)


def _icon_folder(release: Release) -> str:
    return "scalable" if release.icon.suffix == ".svg" else "256x256"
