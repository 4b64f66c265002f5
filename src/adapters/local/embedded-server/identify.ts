import type { RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import type { Flavour } from './contract.ts';
import type { ServerLogin } from './server-login.ts';

const connectTimeoutMs = 5_000;

interface VersionRow extends RowDataPacket {
  readonly version: string;
}

/** Connects to a server and reads its version. */
export async function identify(
  account: ServerLogin,
): Promise<{ version: string; flavour: Flavour }> {
  const { host, port, user, password } = account;
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    connectTimeout: connectTimeoutMs,
  });
  try {
    const [rows] = await connection.query<VersionRow[]>('SELECT VERSION() AS version');
    const version = rows[0]?.version ?? '';
    return { version, flavour: flavourOf(version) };
  } finally {
    connection.destroy();
  }
}

/** The flavour of a version text: MariaDB servers and programs include their name in it. */
export function flavourOf(version: string): Flavour {
  return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
}
