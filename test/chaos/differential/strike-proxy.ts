import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endOf, packetsOf } from '../../support/protocol-packets.ts';

/**
 * Moments at which a packet is struck: before the server has it, while the server works on it, after
 * a part of its answer was told, and when all of its answer is there but not told.
 */
export const MOMENTS = ['before', 'during', 'mid-answer', 'answered'] as const;
export type Moment = (typeof MOMENTS)[number];

/** `cut`: both ends see the connection end. `kill`: the client process never does anything again. */
export const DEEDS = ['cut', 'kill'] as const;

/** How one attempt is stopped, and at which point: at the n-th command that its connections send, from 1. */
export interface Strike {
  readonly packet: number;
  readonly moment: Moment;
  readonly deed: (typeof DEEDS)[number];
}

/** A proxy for the connections of one attempt. */
export interface StrikeProxy {
  readonly port: number;
  /** Commands that were sent so far, as the first bytes of their text. */
  readonly sent: readonly string[];
  /** Resolves when the strike has happened. Never, if the attempt ends before. */
  readonly struck: Promise<void>;
  /** Lets the attempt that was killed find out, and ends the proxy. */
  close(): void;
}

const COM_QUIT = 1;
const COM_PING = 14;
/** An answer with rows has ended if nothing more has come for so long. */
const QUIET_MS = 10;
/** Long enough for the server to have read a packet; what takes longer is under way then. */
const UNDER_WAY_MS = 2;
const SHOWN_BYTES = 300;

/** Starts a proxy in front of a server that strikes once, and counts if there is no strike. */
export async function startStrikeProxy(
  target: { readonly host: string; readonly port: number },
  strike?: Strike,
): Promise<StrikeProxy> {
  const sockets = new Set<Socket>();
  const sent: string[] = [];
  let isOver = false;
  let onStruck = () => {};
  const struck = new Promise<void>((resolve) => {
    onStruck = resolve;
  });

  const server = createServer((client) => {
    if (isOver && strike?.deed === 'kill') return void client.destroy();
    const upstream = connect(target.port, target.host);
    const isDead = () => isOver && strike?.deed === 'kill';
    for (const [socket, peer] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        // A process that was killed does not see that its connection has ended.
        if (!(isDead() && peer === client)) peer.destroy();
      });
    }
    let state: 'open' | 'deaf' | 'mid-answer' | 'answered' | 'struck' = 'open';
    let quiet: NodeJS.Timeout | undefined;
    const strikeNow = () => {
      if (state === 'struck') return;
      state = 'struck';
      isOver = true;
      upstream.destroy();
      if (strike?.deed === 'cut') client.destroy();
      onStruck();
    };

    packetsOf(client, (packet) => {
      if (state === 'struck' || isDead()) return;
      const isCommand = packet[3] === 0 && packet[4] !== COM_QUIT && packet[4] !== COM_PING;
      if (isCommand) sent.push(packet.toString('utf8', 5, 5 + SHOWN_BYTES));
      const moment =
        isCommand && !isOver && sent.length === strike?.packet ? strike.moment : undefined;
      if (moment === 'before') return strikeNow();
      upstream.write(packet);
      if (moment === 'during') {
        state = 'deaf';
        setTimeout(strikeNow, UNDER_WAY_MS);
      } else if (moment !== undefined) state = moment;
    });
    packetsOf(upstream, (packet) => {
      switch (state) {
        case 'struck':
        case 'deaf':
          return;
        case 'open':
          if (!isDead()) client.write(packet);
          return;
        case 'mid-answer':
          client.write(
            packet.subarray(0, endOf(packet) === 'last' ? packet.length >> 1 : undefined),
          );
          return strikeNow();
        case 'answered': {
          clearTimeout(quiet);
          const end = endOf(packet);
          if (end === 'last') strikeNow();
          else if (end === 'perhaps') quiet = setTimeout(strikeNow, QUIET_MS);
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent,
    struck,
    close() {
      isOver = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
