import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** Somebody who passes for a database server, to be told passwords. */
export interface Impostor {
  readonly port: number;
  /** All that clients have said, as far as it can be read without a key of theirs. */
  heard(): string;
  stop(): void;
}

/** Offers TLS with the certificate, and asks for the password in clear, as MariaDB. */
export async function startImpostor(certificate: Certificate): Promise<Impostor> {
  let heard = '';
  const hear = (data: Buffer) => {
    heard += data.toString('latin1');
  };
  const listener = createServer((client) => {
    client.on('error', () => {});
    client.write(GREETING);
    client.once('readable', function takeRequest() {
      const request: Buffer | null = client.read(36);
      if (request === null) return void client.once('readable', takeRequest);
      hear(request);
      new TLSSocket(client, { isServer: true, ...certificate })
        .on('data', hear)
        .on('error', () => {});
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    heard: () => heard,
    stop: () => void listener.close(),
  };
}

/** PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH, PLUGIN_AUTH_LENENC_CLIENT_DATA, CONNECT_WITH_DB. */
const CAPABILITIES = 0x28_8a_08;

const GREETING = packet(
  Buffer.concat([
    Buffer.from('\x0a5.5.5-10.11.0-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    Buffer.from([CAPABILITIES & 0xff, (CAPABILITIES >> 8) & 0xff, 45, 2, 0]),
    Buffer.from([(CAPABILITIES >> 16) & 0xff, 0, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_clear_password\0'),
  ]),
);

function packet(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]);
}
