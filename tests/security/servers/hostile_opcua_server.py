"""An OPC UA server that means harm: `hostile_opcua_server.py PORT SENTINEL`; prints `ready` when it listens.

Code stands wherever a client might take names or types for granted: in the type dictionary, in names of enumerations,
of nodes and units. Executed anywhere, it makes the file SENTINEL. Folders lead into each other, and one name is 60,000
signs long.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from asyncua import Server, ua

URI = "urn:hostile:cell"


def dictionary(code: str) -> bytes:
    """A type dictionary (Part 5, annex D) whose enumeration has code for a value."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<opc:TypeDictionary xmlns:opc="http://opcfoundation.org/BinarySchema/" TargetNamespace="{URI}">
  <opc:EnumeratedType Name="Mode" LengthInBits="32">
    <opc:EnumeratedValue Name="Off" Value="{code}"/>
  </opc:EnumeratedType>
  <opc:StructuredType Name="Recipe"><opc:Field Name="a = {code}" TypeName="opc:Int32"/></opc:StructuredType>
</opc:TypeDictionary>""".encode()


async def build(server: Server, code: str) -> None:
    """Everything that it shows."""
    space = await server.register_namespace(URI)

    def named(text: str) -> tuple[ua.NodeId, ua.QualifiedName]:
        return ua.NodeId(text[:20], space), ua.QualifiedName(text, space)

    await server.nodes.opc_binary.add_variable(
        ua.NodeId("types", space), ua.QualifiedName("T", space), dictionary(code)
    )
    plant = await server.nodes.objects.add_folder(*named("Plant"))
    html = f'<img src="file:///etc/passwd" onerror="{code}"><script>{code}</script>'
    level = await plant.add_variable(*named("Level"), 1.0, ua.VariantType.Double)
    units = ua.EUInformation(DisplayName=ua.LocalizedText(html), Description=ua.LocalizedText(html), UnitId=1)
    await level.add_property(ua.NodeId("u", space), ua.QualifiedName("EngineeringUnits", 0), units)
    await level.write_attribute(
        ua.AttributeIds.Description, ua.DataValue(ua.Variant(ua.LocalizedText(html), ua.VariantType.LocalizedText))
    )
    mode_type = await server.nodes.enum_data_type.add_data_type(
        ua.NodeId("ModeType", space), ua.QualifiedName(code, space)
    )
    strings = [ua.LocalizedText(text) for text in (code, html, "%n%n%s", "\u202egnorw", "x" * 50_000)]
    await mode_type.add_property(ua.NodeId("s", space), ua.QualifiedName("EnumStrings", 0), strings)
    await plant.add_variable(*named("Mode"), 1, ua.VariantType.Int32, mode_type.nodeid)
    await plant.add_variable(*named("Text"), html, ua.VariantType.String)
    body = ua.ExtensionObject(ua.NodeId(7777, space), code.encode())
    await plant.add_variable(*named("Recipe"), body, ua.VariantType.ExtensionObject, ua.NodeId(ua.Int32(22)))
    await plant.add_variable(*named("N" * 60_000), 1.0, ua.VariantType.Double)
    await plant.add_variable(*named(html), 1.0, ua.VariantType.Double)
    one, other = await plant.add_folder(*named("One")), await plant.add_folder(*named("Other"))
    nodes = server.iserver.aspace._nodes  # the library lets nobody make circles: they are laid past it
    leads = {ref.NodeId: ref for ref in nodes[plant.nodeid].references if ref.IsForward}
    nodes[one.nodeid].references += [leads[other.nodeid], leads[one.nodeid]]
    nodes[other.nodeid].references += [leads[one.nodeid], leads[level.nodeid]]
    print("ready", flush=True)  # noqa: T201
    while True:
        await level.write_value((await level.read_value() + 1) % 1000)
        await asyncio.sleep(0.05)


async def main(port: int, sentinel: str) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    async with server:
        await build(server, f"__import__('pathlib').Path('{sentinel}').touch()")


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
