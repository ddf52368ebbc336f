// An OPC UA server of another maker (node-opcua) for the drivers' tests.
//
//   node nodeopcua_server.js PORT '{"pki": FOLDER, ...}'
//
// One JSON object a line on standard output: {"ready": ...} first, then one answer per command on standard input.
// Everything that the address space holds can be asked for with {"do": "dump"}, so that a test compares what our
// driver delivers with what the server itself says. Writes of clients are logged in the file that "writes" names,
// the values of the counter in "counts": both synchronously, so that they outlive a kill.
"use strict";
process.stdout.write = process.stderr.write.bind(process.stderr); // the library's remarks: standard output is ours
const fs = require("fs");
const readline = require("readline");
const opcua = require("node-opcua");
const conformance = require("node-opcua-address-space-for-conformance-testing");
const { DataType, StatusCodes, Variant, VariantArrayType } = opcua;

const port = Number(process.argv[2]);
const options = Object.assign(
  {
    host: "127.0.0.1", // what the endpoints advertise
    uri: "urn:interop:cell", // namespace of our nodes
    before: [], // namespaces registered ahead of it: they shift its index
    late: false, // whether the late node is there from the start
    flip: false, // whether Cell.Flip is a String instead of a Double
    bulk: 0, // further Doubles, Cell.Bulk0...
    limits: {}, // operation limits
    sampling_ms: 20, // fastest sampling granted
    publishing_ms: 50, // fastest publishing granted
    count_ms: 100, // period of the counter
    history: false, // whether the server records the counter
    alarms: false, // whether it keeps alarms of its own: Tank with a level (exclusive limits) and a heat (non-exclusive)
    level: null, // service level, 0 to 255; null: the library's own 255
    conformance: false, // node-opcua's own conformance address space too: slow to build
  },
  JSON.parse(process.argv[3] || "{}"),
);

function say(thing) {
  let rest = Buffer.from(JSON.stringify(thing) + "\n");
  while (rest.length) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const counts = options.counts ? fs.openSync(options.counts, "a") : null;
const writes = options.writes ? fs.openSync(options.writes, "a") : null;

const FIXED = new Date(Date.UTC(2026, 2, 4, 5, 6, 7, 891));
const SCALARS = {
  Boolean: [DataType.Boolean, true],
  SByte: [DataType.SByte, -128],
  Byte: [DataType.Byte, 255],
  Int16: [DataType.Int16, -32768],
  UInt16: [DataType.UInt16, 65535],
  Int32: [DataType.Int32, -2147483648],
  UInt32: [DataType.UInt32, 4294967295],
  Int64: [DataType.Int64, [0x80000000, 1]], // high and low word: -2^63 + 1
  UInt64: [DataType.UInt64, [0xffffffff, 0xfffffffe]], // 2^64 - 2
  Float: [DataType.Float, Math.fround(0.1)],
  Double: [DataType.Double, 0.1],
  NotANumber: [DataType.Double, NaN],
  Infinite: [DataType.Double, Infinity],
  MinusInfinite: [DataType.Float, -Infinity],
  MinusZero: [DataType.Double, -0.0],
  Denormal: [DataType.Double, 5e-324],
  Vast: [DataType.Double, 1e308],
  String: [DataType.String, "Füller 7 \u{1F9EA} \u202Ertl"],
  Empty: [DataType.String, ""],
  NoString: [DataType.String, null],
  Long: [DataType.String, "x".repeat(100000)],
  LocalizedText: [DataType.LocalizedText, opcua.coerceLocalizedText({ locale: "de", text: "Störung" })],
  DateTime: [DataType.DateTime, FIXED],
  Guid: [DataType.Guid, "12345678-1234-5678-9ABC-123456789ABC"],
  ByteString: [DataType.ByteString, Buffer.from([0, 255, 128])],
};
const ARRAYS = {
  Doubles: [DataType.Double, new Float64Array([1.5, 2.5, 3.5])],
  Strings: [DataType.String, ["a", "b"]],
};

const nodes = {};
let space, folder, ns;

function addNode(name, dataType, variant, extra = {}) {
  const node = ns.addVariable({
    organizedBy: folder, browseName: name, nodeId: `s=Cell.${name}`, dataType, minimumSamplingInterval: 10,
    accessLevel: "CurrentRead | CurrentWrite", userAccessLevel: "CurrentRead | CurrentWrite",
    valueRank: variant && variant.arrayType === VariantArrayType.Array ? 1 : -1, ...extra,
  });
  if (variant) node.setValueFromSource(variant, StatusCodes.Good, FIXED);
  nodes[name] = node;
  return node;
}

// Clients' writes go through writeValue, the server's own changes through setValueFromSource: log only the former.
function logWrites(node, name) {
  const write = node.writeValue.bind(node);
  node.writeValue = function (context, dataValue, ...rest) {
    if (writes) fs.writeSync(writes, `${name} ${JSON.stringify(plain(dataValue.value))}\n`);
    return write(context, dataValue, ...rest);
  };
}

function build() {
  for (const uri of options.before) space.registerNamespace(uri);
  ns = space.registerNamespace(options.uri);
  folder = ns.addFolder(space.rootFolder.objects, { browseName: "Cell", nodeId: "s=Cell" });
  for (const [name, [dataType, value]] of Object.entries(SCALARS)) {
    logWrites(addNode(name, dataType, scalar(dataType, value)), name);
  }
  for (const [name, [dataType, value]] of Object.entries(ARRAYS)) {
    addNode(name, dataType, new Variant({ dataType, value, arrayType: VariantArrayType.Array }));
  }
  addNode("Any", DataType.Variant, new Variant({ dataType: "Double", value: 1.0 })); // takes on any type
  addNode("Flip", DataType.Variant, flip());
  addNode("Status", DataType.Double, new Variant({ dataType: "Double", value: 4.5 }));
  addNode("NoAccess", DataType.Double, new Variant({ dataType: "Double", value: 2.0 }), {
    userAccessLevel: "CurrentRead",
  });
  addNode("Unreadable", DataType.Double, new Variant({ dataType: "Double", value: 2.0 }), {
    accessLevel: "CurrentWrite", userAccessLevel: "CurrentWrite",
  });
  for (let number = 0; number < options.bulk; number++) {
    addNode(`Bulk${number}`, DataType.Double, new Variant({ dataType: "Double", value: number }));
  }
  for (const [name, code] of codes()) {
    const node = addNode(`Status.${name}`, DataType.Double, null);
    node.setValueFromSource(new Variant({ dataType: "Double", value: 7.25 }), code, FIXED);
  }
  addDescribed();
  addMethods();
  if (options.late) addLate();
  if (options.alarms) addAlarms();
  addCounter();
}

// A tank with alarms made by the library's own functions: a level with exclusive limits, a heat with others.
function addAlarms() {
  space.installAlarmsAndConditionsService();
  const server = space.rootFolder.objects.server;
  const tank = ns.addObject({
    browseName: "Tank", nodeId: "s=Cell.Tank", eventNotifier: 0x01, notifierOf: server, organizedBy: folder,
  });
  const add = (name, type, make) => {
    const node = ns.addVariable({
      browseName: name, nodeId: `s=Cell.${name}`, componentOf: tank, dataType: "Double", eventSourceOf: tank,
      value: { dataType: "Double", value: 50 },
    });
    nodes[name] = node;
    const alarm = make.call(ns, space.findEventType(type), {
      browseName: `${name}Alarm`, nodeId: `s=Cell.${name}.Alarm`, componentOf: tank, conditionName: `${name}Alarm`,
      conditionSource: node, inputNode: node, highHighLimit: 90, highLimit: 80, lowLimit: 20,
      optionals: ["ConfirmedState", "Confirm", "ShelvingState", "ShelvingState.TimedShelve", "ShelvingState.Unshelve"],
      maxTimeShelved: 8 * 3_600_000,
    });
    alarm.shelvingState.setState("Unshelved"); // the library leaves it undefined
  };
  add("Level", "ExclusiveLimitAlarmType", ns.instantiateExclusiveLimitAlarm);
  add("Heat", "NonExclusiveLimitAlarmType", ns.instantiateNonExclusiveLimitAlarm);
}

// Variables that say more of themselves, made by the library's own functions.
function addDescribed() {
  const common = (name) => ({ organizedBy: folder, browseName: name, nodeId: `s=Cell.${name}` });
  const keep = (name, node, variant) => {
    node.setValueFromSource(variant, StatusCodes.Good, FIXED);
    nodes[name] = node;
  };
  const analog = ns.addAnalogDataItem({
    ...common("Analog"), dataType: "Double", engineeringUnitsRange: { low: -20, high: 180 },
    instrumentRange: { low: -50, high: 200 }, engineeringUnits: opcua.standardUnits.degree_celsius,
  });
  keep("Analog", analog, new Variant({ dataType: "Double", value: 21.5 }));
  const two = ns.addTwoStateDiscrete({ ...common("Switch"), trueState: "open", falseState: "closed" });
  keep("Switch", two, new Variant({ dataType: "Boolean", value: true }));
  const many = ns.addMultiStateDiscrete({ ...common("Choice"), enumStrings: ["Red", "Green", "Blue"], value: 1 });
  keep("Choice", many, new Variant({ dataType: "UInt32", value: 1 }));
  const state = ns.addVariable({ ...common("State"), dataType: "ServerState" }); // of the standard's own enumerations
  keep("State", state, new Variant({ dataType: "Int32", value: 1 }));
}

function addMethods() {
  const input = (name, dataType) => ({ name, dataType: opcua.resolveNodeId(dataType), valueRank: -1 });
  const add = (name, inputArguments, outputArguments, answer) =>
    ns.addMethod(folder, { browseName: name, nodeId: `s=Cell.${name}`, inputArguments, outputArguments })
      .bindMethod((inputs, context, done) => {
        if (writes) fs.writeSync(writes, `${name} ${JSON.stringify(inputs.map(plain))}\n`);
        const { status, outputs } = answer(...inputs.map((each) => each.value));
        done(null, { statusCode: status || StatusCodes.Good, outputArguments: outputs || [] });
      });
  add("Start", [], [], () => ({}));
  add("Dose", [input("Litres", "Double")], [input("Twice", "Double")], (litres) =>
    litres > 100
      ? { status: StatusCodes.BadOutOfRange }
      : { outputs: [new Variant({ dataType: "Double", value: litres * 2 })] });
}

const scalar = (dataType, value) => new Variant({ dataType, arrayType: VariantArrayType.Scalar, value });
const flip = () =>
  options.flip ? new Variant({ dataType: "String", value: "off" }) : new Variant({ dataType: "Double", value: 3.0 });
const addLate = () => addNode("Late", DataType.Double, new Variant({ dataType: "Double", value: 8.0 }));

// Each code once: the table has names that stand for the same number.
function codes() {
  const found = new Map();
  for (const [name, code] of Object.entries(StatusCodes)) {
    if (code && typeof code.value === "number" && !found.has(code.value)) found.set(code.value, [name, code]);
  }
  return [...found.values()];
}

function addCounter() {
  const node = addNode("Count", DataType.UInt32, null);
  if (options.history) space.installHistoricalDataNode(node);
  let n = 0;
  const step = () => {
    const now = new Date();
    n += 1;
    if (counts) fs.writeSync(counts, `${n} ${now.getTime()}\n`);
    node.setValueFromSource(new Variant({ dataType: "UInt32", value: n }), StatusCodes.Good, now);
  };
  step();
  setInterval(step, options.count_ms);
}

// ------------------------------------------------------------------------------------------------ commands

function plain(variant) {
  const value = variant.value;
  if (value === null || value === undefined) return null;
  if (variant.dataType === DataType.UInt64) return ((BigInt(value[0]) << 32n) | BigInt(value[1])).toString();
  if (variant.dataType === DataType.Int64)
    return BigInt.asIntN(64, (BigInt(value[0]) << 32n) | BigInt(value[1])).toString();
  if (variant.dataType === DataType.LocalizedText) return value.text;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? "-0.0" : String(value);
  return value;
}

function dump() {
  const found = {};
  for (const [name, node] of Object.entries(nodes)) {
    const data = node.readValue();
    found[name] = {
      type: DataType[data.value.dataType],
      value: plain(data.value),
      status: data.statusCode.value,
      source_ms: data.sourceTimestamp ? data.sourceTimestamp.getTime() : null,
    };
  }
  return found;
}

// Every readable variable of the namespaces that are not the standard's own.
function catalogue() {
  const found = [];
  for (const each of space.getNamespaceArray().slice(1)) {
    for (const node of each.nodeIterator()) {
      if (node.nodeClass !== opcua.NodeClass.Variable) continue;
      const data = node.readValue();
      if (!data.value || data.value.dataType === DataType.Null) continue;
      found.push({
        node: node.nodeId.toString(),
        type: DataType[data.value.dataType],
        array: data.value.arrayType !== VariantArrayType.Scalar,
        length: data.value.value && data.value.value.length,
        dimensions: data.value.arrayType === VariantArrayType.Array ? 1 : 2,
        value: data.value.arrayType === VariantArrayType.Scalar ? plain(data.value) : null,
        status: data.statusCode.value,
        source_ms: data.sourceTimestamp ? data.sourceTimestamp.getTime() : null,
      });
    }
  }
  return found;
}

function set({ name, type, value, status, time }) {
  const code = status === undefined ? StatusCodes.Good : opcua.coerceStatusCode(status);
  const stamp = time === undefined ? new Date() : new Date(time);
  const data = value && value.array ? { value: value.array, arrayType: VariantArrayType.Array } : { value };
  if (typeof value === "string" && type !== "String") data.value = Number(value);
  nodes[name].setValueFromSource(new Variant({ dataType: type, ...data }), code, stamp);
}

// How fit it says it is to serve (Part 4, 6.6.2).
function bindLevel() {
  const node = space.findNode("ns=0;i=2267");
  node.bindVariable({ get: () => new Variant({ dataType: DataType.Byte, value: options.level }) }, true);
}

const COMMANDS = {
  level: ({ value }) => (options.level = value) && {},
  dump: () => dump(),
  set: (command) => set(command) || {},
  late: () => addLate() && {},
  gone: ({ name }) => space.deleteNode(nodes[name]) || {},
  catalogue: () => catalogue(),
  visitors: (_, server) => ({
    sessions: server.engine.currentSessionCount,
    subscriptions: server.engine.currentSubscriptionCount,
  }),
};

async function main() {
  opcua.MonitoredItem.minimumSamplingInterval = options.sampling_ms;
  opcua.Subscription.minimumPublishingInterval = options.publishing_ms;
  const certificates = new opcua.OPCUACertificateManager({
    rootFolder: options.pki, automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const server = new opcua.OPCUAServer({
    port, host: "127.0.0.1", hostname: options.host, serverCertificateManager: certificates,
    securityPolicies: [opcua.SecurityPolicy.None], securityModes: [opcua.MessageSecurityMode.None],
    nodeset_filename: [opcua.nodesets.standard],
    maxConnectionsPerEndpoint: 50,
    serverCapabilities: {
      maxSessions: 50, maxSubscriptions: 100, minSupportedSampleRate: 0,
      operationLimits: { maxNodesPerRead: 1000, maxMonitoredItemsPerCall: 1000, ...options.limits },
    },
  });
  await server.initialize();
  space = server.engine.addressSpace;
  build();
  if (options.level !== null) bindLevel();
  if (options.conformance) await conformance.build_address_space_for_conformance_testing(space);
  await server.start();
  say({ ready: server.getEndpointUrl(), uris: space.getNamespaceArray().map((each) => each.namespaceUri) });
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    try {
      const command = JSON.parse(line);
      say(COMMANDS[command.do](command, server));
    } catch (error) {
      say({ error: String(error) });
    }
  }).on("close", () => process.exit(0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
