// node-opcua's client on the load generator: node _receive.js PORT ITEMS
// The same orders and answers as _receive.py: `connect` -> `subscribed`, `begin N FIRST` -> `begun` and a line of JSON.
"use strict";
process.stdout.write = process.stderr.write.bind(process.stderr); // the library's remarks: standard output is ours
const fs = require("fs");
const readline = require("readline");
const opcua = require("node-opcua");

const [port, items] = [Number(process.argv[2]), Number(process.argv[3])];
const say = (text) => fs.writeSync(1, text + "\n");
const PATIENCE_MS = 10000;
let changes = 0, disorder = 0, next = 0, latencies = [], first = 0, last = 0;

function took(dataValue) {
  const value = dataValue.value.value;
  if (value < 0) return;
  if (value !== next && value !== next - 1) disorder++;
  next = value + 1;
  last = Date.now();
  first = first || last;
  latencies.push(last - dataValue.sourceTimestamp.getTime()); // to the millisecond
  changes++;
}

function percentile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] : Infinity;
}

async function round(notifications, begin) {
  changes = disorder = first = last = 0;
  next = begin;
  latencies = [];
  const start = Date.now(), cpu = process.cpuUsage(), wanted = notifications * items;
  say("begun");
  while (changes < wanted && Date.now() - Math.max(last, start) < PATIENCE_MS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const spent = process.cpuUsage(cpu);
  const sorted = Float64Array.from(latencies).sort();
  say(JSON.stringify({
    lost: wanted - changes, disorder,
    cpu_us: (spent.user + spent.system) / Math.max(1, changes),
    seconds: (last - first) / 1000, p50_ms: percentile(sorted, 0.5), p99_ms: percentile(sorted, 0.99),
  }));
}

async function main() {
  const orders = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  await orders.next(); // connect
  const pki = new opcua.OPCUACertificateManager({ rootFolder: process.env.BENCH_PKI });
  await pki.initialize();
  const client = opcua.OPCUAClient.create({
    endpointMustExist: false, clientCertificateManager: pki, securityMode: opcua.MessageSecurityMode.None,
    securityPolicy: opcua.SecurityPolicy.None, connectionStrategy: { maxRetry: 0 }, requestedSessionTimeout: 60000,
  });
  await client.connect(`opc.tcp://127.0.0.1:${port}`);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: 100, requestedLifetimeCount: 300, requestedMaxKeepAliveCount: 8,
    maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 0,
  });
  const nodes = Array.from({ length: items }, (_, i) => ({
    nodeId: `ns=2;i=${i}`, attributeId: opcua.AttributeIds.Value,
  }));
  const group = opcua.ClientMonitoredItemGroup.create(
    subscription, nodes, { samplingInterval: 100, queueSize: 10, discardOldest: true }, opcua.TimestampsToReturn.Both,
  );
  group.on("changed", (_item, dataValue) => took(dataValue));
  await new Promise((resolve, reject) => group.on("initialized", resolve).on("err", (text) => reject(Error(text))));
  say("subscribed");
  for (let order = await orders.next(); !order.done; order = await orders.next()) {
    const [, notifications, begin] = order.value.split(" ").map(Number);
    await round(notifications, begin);
  }
  process.exit(0);
}
main().catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
