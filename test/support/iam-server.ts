import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { type AwsKeys, tokenDefect } from './check-iam-token.ts';

/** A login that a client tried. */
export interface TriedLogin {
  readonly user: string;
  readonly token: string;
  /** Why the server refused it. */
  readonly defect: string | undefined;
}

/** A server that lets users in by IAM, as those of Amazon RDS do. */
export interface IamServer {
  readonly port: number;
  /** All logins that clients tried, in order. */
  readonly logins: readonly TriedLogin[];
  stop(): void;
}

export interface IamServerOptions {
  /** The server behind, where the users exist without a password. */
  readonly behind: { readonly host: string; readonly port: number };
  /** The name by which clients reach this server, and for which their tokens have to be. */
  readonly host: string;
  readonly region: string;
  readonly certificate: Certificate;
  readonly keys: AwsKeys;
}

const CONNECT_WITH_DB = 0x8;
const COMPRESS = 0x20;
const SSL = 0x800;
const PLUGIN_AUTH = 0x8_00_00;
const CONNECT_ATTRS = 0x10_00_00;

/**
 * A front of a real server. As the plugin AWSAuthenticationPlugin does, it asks for the password in clear text
 * (`mysql_clear_password`) over TLS and takes it for a token; with a valid one the client talks to the real
 * server. A client that does not use TLS is refused.
 */
export async function startIamServer(options: IamServerOptions): Promise<IamServer> {
  const logins: TriedLogin[] = [];
  const port = () => (listener.address() as AddressInfo).port;
  const listener = createServer((client) => {
    const behind = connect(options.behind.port, options.behind.host);
    endTogether(client, behind);
    serve(client, behind, { ...options, port: port() }, logins).catch(() => {
      client.destroy();
      behind.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { port: port(), logins, stop: () => void listener.close() };
}

async function serve(
  client: Socket,
  behind: Socket,
  { certificate, keys, host, port, region }: IamServerOptions & { readonly port: number },
  logins: TriedLogin[],
): Promise<void> {
  const greeting = await takePacket(behind);
  // The plugin of the server's default is the last text of its greeting.
  const plugin = greeting.toString('latin1').split('\0').at(-2);
  client.write(packet(0, offering(greeting)));
  const first = await takePacket(client);
  if ((first.readUInt32LE(0) & SSL) === 0) return refuse(client, 2);
  const secure = new TLSSocket(client, { isServer: true, ...certificate });
  endTogether(secure, behind);
  const { flags, user, database, head } = loginOf(await takePacket(secure));
  secure.write(packet(3, Buffer.from('\xfemysql_clear_password\0', 'latin1')));
  const token = (await takePacket(secure)).toString('latin1').replace(/\0$/, '');
  const defect = tokenDefect(token, { user, host, port, region }, keys);
  logins.push({ user, token, defect });
  if (defect !== undefined) return refuse(secure, 5, user);

  const plain = (flags | PLUGIN_AUTH) & ~(SSL | COMPRESS | CONNECT_ATTRS);
  const start = Buffer.from(head);
  start.writeUInt32LE(plain >>> 0, 0);
  const chosen = database === undefined ? '' : `${database}\0`;
  const rest = Buffer.from(`${user}\0\0${chosen}${plugin}\0`);
  behind.write(packet(1, Buffer.concat([start, rest])));
  let answer = await takePacket(behind);
  if (answer[0] === 0xfe) {
    // The account uses another plugin than the server's default; without a password its proof is empty.
    behind.write(packet(3, Buffer.alloc(0)));
    answer = await takePacket(behind);
  }
  secure.write(packet(5, answer));
  secure.pipe(behind).pipe(secure);
}

/** The server's greeting, offering TLS and no compression. */
function offering(greeting: Buffer): Buffer {
  const at = greeting.indexOf(0, 1) + 1 + 4 + 8 + 1;
  greeting.writeUInt16LE((greeting.readUInt16LE(at) | SSL) & ~COMPRESS, at);
  return greeting;
}

function loginOf(response: Buffer) {
  const flags = response.readUInt32LE(0);
  const head = response.subarray(0, 32);
  const endOfUser = response.indexOf(0, 32);
  const user = response.toString('utf8', 32, endOfUser);
  // Both drivers send proofs of less than 251 bytes, whose length is one byte.
  const proof = response[endOfUser + 1] ?? 0;
  const from = endOfUser + 2 + proof;
  const database =
    (flags & CONNECT_WITH_DB) === 0
      ? undefined
      : response.toString('utf8', from, response.indexOf(0, from));
  return { flags, head, user, database };
}

function refuse(client: Socket, sequence: number, user = ''): void {
  const text = `Access denied for user '${user}'@'127.0.0.1' (using password: YES)`;
  client.end(packet(sequence, Buffer.from(`\xff\x15\x04#28000${text}`, 'latin1')));
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, payload]);
}

/** The payload of the next packet; what comes after it stays in the socket. */
async function takePacket(socket: Socket): Promise<Buffer> {
  const header = await take(socket, 4);
  return take(socket, header.readUIntLE(0, 3));
}

async function take(socket: Socket, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const read: Buffer | null = socket.read(bytes);
    if (read !== null) return read;
    if (socket.destroyed || socket.readableEnded) throw new Error('The peer has gone.');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [[one, other] as const, [other, one] as const]) {
    socket.on('error', () => peer.destroy()).on('close', () => peer.destroy());
  }
}
