import { randomBytes } from 'node:crypto';
import { freePort } from './loopback.ts';

/** Where a server listens, and the account that may do everything on it. */
export interface Account {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The account of a server of our own. It has a password, as other users of the machine reach it. */
export async function newAccount(): Promise<Account> {
  return {
    host: '127.0.0.1',
    port: await freePort(),
    user: 'root',
    password: randomBytes(18).toString('base64url'),
  };
}

/** `mysql://user:password@host:port`. */
export function accountUrl({ host, port, user, password }: Account): string {
  const credentials = password === '' ? user : `${user}:${encodeURIComponent(password)}`;
  return `mysql://${credentials}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
