"""Forks servers from a process that has read their libraries in: `nursery_process.py CONTROL_FD`.

On the control socket comes one message for each server to start: a JSON list, the script and its words, together with
three file descriptors, its standard input, output and errors. The answer is the server's process id. When the socket
is closed, all of them end.

A server of asyncua alone needs a second of computing before it can say anything, for its library and the thousands
of nodes of the standard; here that is done once. Each fork runs its script from the beginning, as a Python of its own
would, and takes these nodes where its server asks for the standard's, once: a second server in it makes its own.
"""

from __future__ import annotations

import asyncio  # what the servers import
import ctypes
import gc
import json
import os
import random
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path

import pymodbus.server  # noqa: F401
from asyncua.server import history_sql  # noqa: F401 - the slowest of what the servers import
from asyncua.server.address_space import AddressSpace, NodeManagementService
from asyncua.server.internal_server import InternalServer
from asyncua.server.standard_address_space import standard_address_space

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def lay_in_stock() -> None:
    """Make the nodes of the standard, for the first server of each fork."""
    space = AddressSpace()
    standard_address_space.fill_address_space(NodeManagementService(space))
    stock = [space._nodes]
    load = InternalServer.load_standard_address_space

    async def given(self: InternalServer, shelf_file: Path | None = None) -> None:
        if not stock:
            await load(self, shelf_file)
            return
        self.aspace._nodes = stock.pop()

    InternalServer.load_standard_address_space = given


def be_born(words: list[str], pipes: list[int]) -> None:
    """Become the server; does not return."""
    try:
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
            os.close(pipe)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        random.seed()
        sys.argv, sys.path[0] = words, str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")
    finally:  # whatever it ended by, it must not come back to where it was forked
        fault = sys.exception()
        if fault is not None and not isinstance(fault, SystemExit):
            traceback.print_exception(fault)
        sys.stdout.flush()
        os._exit(fault is not None)


def serve(control: socket.socket) -> None:
    """Fork what is asked for, until nobody asks any more."""
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 65536, 3)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            be_born(json.loads(message), pipes)
        for pipe in pipes:
            os.close(pipe)
        control.send(str(pid).encode())


if __name__ == "__main__":
    asyncio.run(asyncio.sleep(0))  # what a first loop imports
    gc.disable()
    lay_in_stock()
    gc.collect()
    gc.freeze()  # all of it stays, in every fork
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries them
    serve(socket.socket(fileno=int(sys.argv[1])))
