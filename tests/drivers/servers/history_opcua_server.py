"""An OPC UA server that remembers: a counter at 20 Hz with history, and a value without. Argument: port."""

import asyncio
import sys

from asyncua import Server, ua


async def main(port: int) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:history")
    counter = await server.nodes.objects.add_variable(ua.NodeId("Counter", space), "Counter", 0, ua.VariantType.Int64)
    await server.nodes.objects.add_variable(ua.NodeId("Plain", space), "Plain", 1.0)
    async with server:
        await server.historize_node_data_change(counter, period=None, count=100_000)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        number = 0
        while True:
            number += 1
            await counter.write_value(number, ua.VariantType.Int64)
            await asyncio.sleep(0.05)


asyncio.run(main(int(sys.argv[1])))
