import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { packetsOf } from './protocol-packets.ts';

/** A process that is killed when a server has done the n-th of its writes and before it learns so. */
export interface DyingClient {
  /** The server as the process reaches it. */
  readonly host: string;
  readonly port: number;
  /** Lets the process live, and kills it at its n-th write from now on; without a number it lives. */
  live(write?: number): void;
  /** Whether it was killed. */
  readonly isDead: boolean;
  /** The same port of the core, whose methods, and those of objects they hand over, do nothing once it is dead. */
  owns<Port extends object>(port: Port): Port;
  close(): Promise<void>;
}

const COM_QUERY = 0x03;
const COM_STMT_EXECUTE = 0x17;

/** Statements that change nothing on the server, and leave it as it is if their client dies. */
const READS = /^\s*(?:SELECT|SHOW|SET|DO|EXPLAIN|USE|ROLLBACK)\b(?![\s\S]*;)/i;

/** A proxy in front of a server, through which a process does all that it does there. */
export async function dyingClient(target: {
  readonly host: string;
  readonly port: number;
}): Promise<DyingClient> {
  const sockets = new Set<Socket>();
  let left: number | undefined;
  let isDead = false;
  const die = () => {
    isDead = true;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (isDead) return void client.destroy();
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isLast = false;
    packetsOf(client, (packet) => {
      if (isDead) return;
      if (left !== undefined && isWrite(packet)) {
        left -= 1;
        isLast = left === 0;
      }
      upstream.write(packet);
    });
    upstream.on('data', (answer) => {
      if (isLast) die();
      else if (!isDead) client.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const gate = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(of, name) {
        const member = Reflect.get(of, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...given: readonly unknown[]) => {
          if (isDead) throw new Error('The process was killed.');
          return member.apply(of, given.map(gateCallback));
        };
      },
    });
  const gateCallback = (value: unknown) =>
    typeof value === 'function'
      ? (...handed: readonly unknown[]) =>
          value(
            ...handed.map((part) =>
              typeof part === 'object' && part !== null ? gate(part) : part,
            ),
          )
      : value;
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    live(write) {
      isDead = false;
      left = write;
    },
    get isDead() {
      return isDead;
    },
    owns: gate,
    async close() {
      die();
      server.close();
      await once(server, 'close');
    },
  };
}

function isWrite(packet: Buffer): boolean {
  if (packet[3] !== 0) return false;
  if (packet[4] === COM_STMT_EXECUTE) return true;
  return packet[4] === COM_QUERY && !READS.test(packet.toString('utf8', 5, 5_000));
}
