import { randomBytes } from 'node:crypto';
import { freePort } from './loopback.ts';

/** The address of a server, and a login with all privileges on it. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A login for a server that Fanfold starts. It has a password, because other users of the machine can reach the server. */
export async function newServerLogin(): Promise<ServerLogin> {
  return {
    host: '127.0.0.1',
    port: await freePort(),
    user: 'root',
    password: randomBytes(18).toString('base64url'),
  };
}

/** `mysql://user:password@host:port`. */
export function serverUrl({ host, port, user, password }: ServerLogin): string {
  const credentials = password === '' ? user : `${user}:${encodeURIComponent(password)}`;
  return `mysql://${credentials}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
