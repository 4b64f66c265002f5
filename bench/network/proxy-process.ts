import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { DeliveryQueue } from './delivery-queue.ts';
import type { ProxyMessage, ProxyTask } from './proxy-task.ts';
import { TripCounter } from './trip-counter.ts';

// A separate process, because it must neither wait for the event loop of the client that is measured, nor count as
// that client's processor time.

const counters: TripCounter[] = [];

/**
 * Passes everything on, and answers later by the latency. The whole round trip is on the way back, which a client that
 * waits for answers does not notice. The first answer is late by two round trips, of which one is for establishing
 * the connection.
 */
function forward(client: Socket, { host, port, latencyMs }: ProxyTask, late: DeliveryQueue): void {
  const server = connect(port, host);
  const counter = new TripCounter();
  counters.push(counter);
  let delayMs = 2 * latencyMs;
  for (const [socket, peer] of [[client, server] as const, [server, client] as const]) {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => peer.destroy());
  }
  client.on('data', (data) => {
    counter.sent();
    server.write(data);
  });
  client.on('end', () => server.end());
  server.on('data', (data) => {
    // After the goodbye, TLS may send an alert, for which nobody waits.
    if (!client.readableEnded) counter.answered();
    late.add(delayMs, () => {
      counter.received();
      if (!client.destroyed) client.write(data);
    });
    delayMs = latencyMs;
  });
  server.on('end', () => late.add(delayMs, () => client.end()));
}

async function main(task: ProxyTask): Promise<void> {
  const late = new DeliveryQueue();
  const listener = createServer({ allowHalfOpen: true }, (client) => forward(client, task, late));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const say = (message: ProxyMessage) => process.send?.(message);
  process.on('message', () =>
    say({
      connections: counters.length,
      trips: counters.reduce((sum, { trips }) => sum + trips, 0),
    }),
  );
  process.once('disconnect', () => process.exit());
  say({ port: (listener.address() as AddressInfo).port });
}

process.once('message', (task: ProxyTask) => main(task));
