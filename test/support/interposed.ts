import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A proxy between a client and a server that shows the client another certificate. */
export interface Interposed {
  readonly host: string;
  readonly port: number;
  /** The certificate that the next clients are shown. */
  present(certificate: Certificate): void;
  stop(): void;
}

/** The packet by which a client of MySQL asks for TLS, header and all. */
const SSL_REQUEST = 36;
const SSL = 0x0800;

/**
 * A proxy in front of a server that offers TLS: to the client with a certificate of ours, in clear between.
 * While there is no certificate, TLS is not offered.
 */
export async function interposeBefore(server: {
  readonly host: string;
  readonly port: number;
}): Promise<Interposed> {
  let shown: Certificate | undefined;
  const listener = createServer((client) => {
    const behind = connect(server.port, server.host);
    endTogether(client, behind);
    // The server speaks first.
    behind.once('data', (greeting) => {
      client.write(shown === undefined ? withoutTls(greeting) : greeting);
      client.once('readable', function takeRequest() {
        const request: Buffer | null = client.read(SSL_REQUEST);
        if (request === null) return void client.once('readable', takeRequest);
        behind.write(request);
        if (request.readUIntLE(0, 3) !== SSL_REQUEST - 4) {
          return void client.pipe(behind).pipe(client);
        }
        const encrypted = connectTls({ socket: behind, rejectUnauthorized: false });
        const decrypted = new TLSSocket(client, { isServer: true, ...shown });
        endTogether(decrypted, encrypted);
        decrypted.pipe(encrypted).pipe(decrypted);
      });
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    present(certificate) {
      shown = certificate;
    },
    stop: () => void listener.close(),
  };
}

/** The lower capabilities come after header, protocol, version, thread, salt and filler. */
function withoutTls(greeting: Buffer): Buffer {
  const at = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
  greeting.writeUInt16LE(greeting.readUInt16LE(at) & ~SSL, at);
  return greeting;
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [[one, other] as const, [other, one] as const]) {
    socket.on('error', () => peer.destroy()).on('close', () => peer.destroy());
  }
}
