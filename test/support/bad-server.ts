import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server that treats every connection as it likes. */
export interface BadServer {
  readonly port: number;
  /** Connections that it has had. */
  readonly connections: number;
  /** Bytes that it got rid of. */
  readonly sent: number;
}

/** A server on loopback, which ends with the test. */
export async function badServer(
  treat: (socket: Socket, send: (data: Buffer | string) => boolean) => void,
): Promise<BadServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let sent = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    treat(socket, (data) => {
      sent += data.length;
      return socket.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    get sent() {
      return sent;
    },
  };
}

/** Accepts, and never says a word. */
export function silentServer(): Promise<BadServer> {
  return badServer((socket) => socket.resume());
}

/** Says the same again and again, as fast as it is read. */
export function endlessServer(data: Buffer): Promise<BadServer> {
  return badServer((socket, send) => flood(socket, send, data));
}

/** A byte of a greeting from time to time. */
export function tricklingServer(): Promise<BadServer> {
  return badServer((socket, send) => {
    const greeting = Buffer.from([
      74,
      0,
      0,
      0,
      10,
      ...Buffer.from('9.7.0\0'),
      ...Array(64).fill(1),
    ]);
    let next = 0;
    const timer = setInterval(() => {
      if (next < greeting.length - 1) send(greeting.subarray(next, next + 1));
      next += 1;
    }, 50);
    socket.on('close', () => clearInterval(timer));
  });
}

/** Passes all on to a real server until the first query after the login, with which it does as it likes. */
export function turningServer(
  target: { readonly host: string; readonly port: number },
  turn: (socket: Socket, send: (data: Buffer | string) => boolean) => void,
): Promise<BadServer> {
  return badServer((socket, send) => {
    const real = connect(target.port, target.host);
    real.on('error', () => socket.destroy()).on('data', (data) => socket.write(data));
    socket.on('close', () => real.destroy());
    let isTurned = false;
    socket.on('data', (data) => {
      if (isTurned) return;
      // COM_QUERY begins a sequence of its own; the login is a later packet of the greeting's.
      isTurned = data[3] === 0 && data[4] === 3;
      if (!isTurned) return void real.write(data);
      real.removeAllListeners('data');
      turn(socket, send);
    });
  });
}

/** Sends data without end, as fast as it is read. */
export function flood(socket: Socket, send: (data: Buffer) => boolean, data: Buffer): void {
  const more = () => {
    while (!socket.destroyed && send(data));
  };
  socket.on('drain', more);
  more();
}
