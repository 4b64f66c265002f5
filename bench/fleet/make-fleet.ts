import { send, usingConnection } from '../connection.ts';
import { makeCentralTables } from '../list-and-fold/fill-central-database.ts';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import type { FleetProject } from './fleet-project.ts';

export const CENTRAL = `${PREFIX}fleet_central`;

/** Names of the tenants' databases. */
export function fleetNames(tenants: number): string[] {
  return Array.from(
    { length: tenants },
    (_, index) => `${PREFIX}fleet_${String(index).padStart(6, '0')}`,
  );
}

const ROWS_PER_STATEMENT = 1_000;

/** Makes empty databases of tenants, and a central database with a row for each. */
export async function makeFleet(
  login: ServerLogin,
  names: readonly string[],
  { encryptedPassword }: FleetProject,
  signal: AbortSignal,
): Promise<void> {
  await createDatabases(login, [CENTRAL, ...names], signal);
  await makeCentralTables({ ...login, database: CENTRAL });
  await usingConnection(login, CENTRAL, async (connection) => {
    for (let from = 0; from < names.length; from += ROWS_PER_STATEMENT) {
      const rows = names
        .slice(from, from + ROWS_PER_STATEMENT)
        .map((name, index) => [
          `${String(from + index).padStart(8, '0')}-0000-7000-8000-000000000000`,
          `tenant-${from + index}`,
          `Tenant ${from + index}`,
          'ACTIVE',
          login.host,
          login.port,
          name,
          login.user,
          encryptedPassword,
        ]);
      await send(
        connection,
        'INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES ?',
        [rows],
      );
    }
    await send(connection, 'ANALYZE TABLE tenants');
  });
}
