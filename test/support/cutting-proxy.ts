import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endOf, packetsOf } from './protocol-packets.ts';

/** The point at which a connection is cut: the n-th query that a client sends, from 1, or the first that matches. */
export interface Strike {
  readonly query: number | RegExp;
  /** Before the server has it, while the server works on it, or when its answer is there but not told. */
  readonly moment: Moment;
}

export type Moment = 'before' | 'during' | 'after';
export const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];

export interface CuttingProxy {
  readonly port: number;
  /** Queries that clients have sent since the last strike was set. */
  queries(): number;
  /** Strikes the next connection that reaches this point; `deed` says how, by default the cable is cut. */
  strikeAt(strike: Strike | undefined, deed?: (cut: () => void) => void): void;
  /** From now on nothing passes, and nobody is told. */
  goSilent(): void;
  close(): Promise<void>;
}

const COM_QUERY = 3;
/** An answer with rows has ended when nothing more has come for so long. */
const QUIET_MS = 15;

/** A proxy in front of a MySQL server that knows where one query ends and the next begins. */
export async function startCuttingProxy(target: {
  host: string;
  port: number;
}): Promise<CuttingProxy> {
  let strike: Strike | undefined;
  let deed = (cut: () => void) => cut();
  let count = 0;
  let silent = false;
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (silent) return;
        client.destroy();
        upstream.destroy();
      });
    }
    let state: 'open' | 'deaf' | 'awaiting answer' | 'struck' = 'open';
    let quiet: NodeJS.Timeout | undefined;
    const strikeNow = () => {
      if (state === 'struck') return;
      state = 'struck';
      strike = undefined;
      deed(() => {
        client.destroy();
        upstream.destroy();
      });
    };

    packetsOf(client, (packet) => {
      if (silent || state === 'struck') return;
      const isQuery = packet[3] === 0 && packet[4] === COM_QUERY;
      if (isQuery) count++;
      const isHit = isQuery && strike !== undefined && isMeant(strike.query, count, packet);
      if (isHit && strike?.moment === 'before') return strikeNow();
      upstream.write(packet);
      // Long enough for the server to have read it; what takes longer is under way then.
      if (isHit && strike?.moment === 'during') {
        state = 'deaf';
        setTimeout(strikeNow, 2);
      }
      if (isHit && strike?.moment === 'after') state = 'awaiting answer';
    });
    packetsOf(upstream, (packet) => {
      if (silent || state === 'struck' || state === 'deaf') return;
      if (state === 'open') return void client.write(packet);
      clearTimeout(quiet);
      const end = endOf(packet);
      if (end === 'last') strikeNow();
      else if (end === 'perhaps') quiet = setTimeout(strikeNow, QUIET_MS);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    queries: () => count,
    strikeAt(next, how = (cut) => cut()) {
      strike = next;
      deed = how;
      count = 0;
    },
    goSilent() {
      silent = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function isMeant(query: number | RegExp, count: number, packet: Buffer): boolean {
  return typeof query === 'number' ? count === query : query.test(packet.toString('utf8', 5));
}
