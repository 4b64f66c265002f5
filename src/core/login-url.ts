import { type RefuseUrl, readDatabaseUrl } from './database-url.ts';
import type { ConnectionLogin } from './ports.ts';

/**
 * Reads `mysql://user:password@host:port/database` without parameters. The database is empty if the URL names
 * none. Throws what `refuse` makes; nothing of the URL reaches it.
 */
export function parseLoginUrl(url: string, refuse: RefuseUrl): ConnectionLogin {
  const { host, port, user, password, path, search } = readDatabaseUrl(url, refuse);
  if (search !== '') throw refuse('has options after a ?', 'Leave them out.');
  if (user === '') throw refuse('names no user');
  if (path.includes('/')) throw refuse('has a path with several parts');
  let database = '';
  try {
    database = decodeURIComponent(path);
  } catch {
    throw refuse('has a database that is not percent-encoded', 'Write a literal % as %25.');
  }
  return { host, port, user, password, database };
}
