// An OPC UA server of another maker (node-opcua) that means harm: node hostile_nodeopcua_server.js PORT SENTINEL PKI
//
// As hostile_opcua_server.py: code wherever a client might take names or types for granted, folders that lead into each
// other, a name of 60,000 signs. It prints one line, ready, on standard output.
"use strict";
process.stdout.write = process.stderr.write.bind(process.stderr); // the library's remarks: standard output is ours
const fs = require("fs");
const opcua = require("node-opcua");
const { DataType, Variant } = opcua;

const port = Number(process.argv[2]);
const code = `__import__('pathlib').Path('${process.argv[3]}').touch()`;
const html = `<img src="file:///etc/passwd" onerror="${code}"><script>${code}</script>`;

async function main() {
  const server = new opcua.OPCUAServer({
    port,
    hostname: "127.0.0.1",
    securityPolicies: [opcua.SecurityPolicy.None],
    securityModes: [opcua.MessageSecurityMode.None],
    serverCertificateManager: new opcua.OPCUACertificateManager({ rootFolder: process.argv[4], automaticallyAcceptUnknownCertificate: true }),
    userCertificateManager: new opcua.OPCUACertificateManager({ rootFolder: process.argv[4] + "/users" }),
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const ns = space.registerNamespace("urn:hostile:cell");
  const index = ns.index;
  const plant = ns.addFolder("ObjectsFolder", { browseName: "Plant" });
  let count = 0;
  ns.addVariable({ componentOf: plant, browseName: "Level", description: html, dataType: "Double", minimumSamplingInterval: 20,
    value: { get: () => new Variant({ dataType: DataType.Double, value: count++ % 1000 }) } });
  const modes = ns.addEnumerationType({ browseName: code, enumeration: [code, html, "%n%n%s", "\u202egnorw", "x".repeat(50000)] });
  ns.addVariable({ componentOf: plant, browseName: "Mode", dataType: modes, value: { dataType: DataType.Int32, value: 1 } });
  ns.addVariable({ componentOf: plant, browseName: "Text", dataType: "String", value: { dataType: DataType.String, value: html } });
  const recipe = ns.createDataType({ browseName: "Recipe = " + code, isAbstract: false, subtypeOf: "Structure",
    partialDefinition: [{ name: code, description: html, dataType: DataType.Double, valueRank: -1 }] });
  ns.addVariable({ componentOf: plant, browseName: "Recipe", dataType: recipe });
  ns.addVariable({ componentOf: plant, browseName: "N".repeat(60000), dataType: "Double", value: { dataType: DataType.Double, value: 1 } });
  ns.addVariable({ componentOf: plant, browseName: html, dataType: "Double", value: { dataType: DataType.Double, value: 1 } });
  const one = ns.addFolder(plant, { browseName: "One" });
  const other = ns.addFolder(plant, { browseName: "Other" });
  one.addReference({ referenceType: "Organizes", nodeId: other });
  other.addReference({ referenceType: "Organizes", nodeId: one });
  one.addReference({ referenceType: "Organizes", nodeId: one });
  await server.start();
  fs.writeSync(1, `ready ${index}\n`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
