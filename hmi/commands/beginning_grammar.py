"""The grammar of `hmi new` and `hmi discover`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, as_json: Option) -> None:
    """Add the verbs that a plant begins with."""
    new = verb(verbs, "new", "beginning:new", "the first files of a plant, in a new folder")
    new.add_argument("folder", metavar="DIR")
    new.add_argument("--name", default="", help="what people call the plant; the folder's name if left out")
    new.add_argument("--timezone", default="", metavar="ZONE", help="Europe/Berlin; this computer's if left out")
    discover = verb(verbs, "discover", "beginning:discover", "write what an OPC UA server offers as tags of a plant")
    discover.add_argument("url", metavar="URL", help="opc.tcp://host:4840")
    discover.add_argument("folder", metavar="DIR", help="the plant's folder")
    discover.add_argument("--under", default="", metavar="NODE", help="only what is below: ns=2;s=Filler, /2:Filler")
    discover.add_argument("--connection", default="", metavar="ID", help="what the connection is called (device)")
    discover.add_argument("--prefix", default="", metavar="PATH", help="how the tags begin; the connection if left out")
    discover.add_argument("--security", default="None", metavar="POLICY", help="Basic256Sha256:SignAndEncrypt")
    discover.add_argument("--most", type=int, default=5000, metavar="N", help="tags at most (5000)")
    discover.add_argument(
        "--screen", default="", metavar="ID", help="write a screen, too, that shows the first of them"
    )
    data(discover)
    as_json(discover)
