import type { ServerLogin } from '../server-login.ts';

/** The address of a database as a URL. */
export function databaseUrl({ host, port, user, password }: ServerLogin, database: string): string {
  const login = [user, password].map(encodeURIComponent).join(':');
  return `mysql://${login}@${host}:${port}/${database}`;
}
