import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createConnection } from 'mysql2';
import { packetsOf } from './protocol-packets.ts';

export interface PoolingProxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * A proxy that multiplexes: it greets and logs its client in as the server does, and then gives each
 * command to another one of its own sessions, which it opened before.
 */
export async function startPoolingProxy(login: Login, sessions: number): Promise<PoolingProxy> {
  const pool = await Promise.all(Array.from({ length: sessions }, () => sessionOf(login)));
  const sockets = new Set<Socket>(pool);
  const server = createServer((client) => {
    const greeter = connect(login.port, login.host);
    for (const socket of [client, greeter]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    let isIn = false;
    let turn = 0;
    packetsOf(greeter, (packet) => {
      if (isIn) return;
      client.write(packet);
      // The OK that ends the login; the greeting has the number 0.
      isIn = packet[3] !== 0 && packet[4] === 0;
    });
    packetsOf(client, (packet) => {
      if (!isIn) return void greeter.write(packet);
      const session = pool[turn++ % pool.length];
      session?.removeAllListeners('data');
      session?.on('data', (chunk) => client.write(chunk));
      session?.write(packet);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The socket of a session that is logged in, as the driver left it. */
async function sessionOf({ host, port, user, password, database }: Login): Promise<Socket> {
  const login = { host, port, user, password, database };
  const connection = createConnection({ ...login, multipleStatements: true });
  connection.on('error', () => {});
  await once(connection, 'connect');
  return (connection as unknown as { stream: Socket }).stream;
}
