// A node-opcua server with every security policy, for the drivers' tests.
//
//   node nodeopcua_secured_server.js PORT '{"pki": FOLDER, "accept": true}'
//
// Prints `ready` when it listens. It lets in anybody, and the user operator with the password Gurke-42; without
// "accept" it trusts no station that it does not know.
"use strict";
const say = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr); // the library's remarks
const opcua = require("node-opcua");

const port = Number(process.argv[2]);
const options = JSON.parse(process.argv[3]);

(async () => {
  const certificates = new opcua.OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: options.accept,
  });
  await certificates.initialize();
  const server = new opcua.OPCUAServer({
    port,
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    alternateHostname: ["127.0.0.1"], // what its certificate names, too
    serverCertificateManager: certificates,
    allowAnonymous: true,
    userManager: { isValidUser: (user, password) => user === "operator" && password === "Gurke-42" },
  });
  await server.initialize();
  let level = 0;
  setInterval(() => { level += 1; }, 50);
  server.engine.addressSpace.getOwnNamespace().addVariable({
    organizedBy: server.engine.addressSpace.rootFolder.objects,
    nodeId: "s=Level",
    browseName: "Level",
    dataType: "Double",
    minimumSamplingInterval: 50,
    value: { get: () => new opcua.Variant({ dataType: "Double", value: level }) },
  });
  await server.start();
  say("ready\n");
})();
