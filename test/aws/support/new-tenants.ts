import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, escapeId, type RowDataPacket } from 'mysql2/promise';
import { inject, onTestFinished } from 'vitest';
import {
  databaseNameOf,
  migrationUserNameOf,
  userNameOf,
} from '../../../src/core/provision/tenant-names.ts';
import type { Misbehavior } from './tenant-migrations.ts';

/** A tenant that a scenario has provisioned, or will provision. */
export interface NewTenant {
  readonly slug: string;
  /** The input of an execution of ProvisionTenant. */
  readonly request: { readonly slug: string; readonly host: string; readonly port: number };
  /** Its row in the central database. */
  row(): Promise<RowDataPacket | undefined>;
  /** Names of its database and of its user, if they exist on the server. */
  onServer(): Promise<string[]>;
  /** Names of its tables. */
  tables(): Promise<string[]>;
  /** Gives its migrator a fault; `undefined` ends it. */
  misbehave(order: Misbehavior | undefined): Promise<void>;
  /** Runs a statement as root, in the central database. */
  query(sql: string, values?: readonly unknown[]): Promise<void>;
}

/** A tenant with a unique name. Everything that was created for it is removed when the test ends. */
export async function newTenant(): Promise<NewTenant> {
  const { host, port, user: root, password } = inject('server');
  const { central, folder } = inject('aws');
  const slug = `new-${randomBytes(4).toString('hex')}`;
  const [database, user] = [databaseNameOf(slug), userNameOf(slug)];
  const connection = await createConnection({
    ...{ host, port, user: root, password },
    database: central.database,
  });
  onTestFinished(async () => {
    await connection.query(`DROP DATABASE IF EXISTS ${escapeId(database, true)}`);
    for (const name of [user, migrationUserNameOf(user)]) {
      await connection.query(`DROP USER IF EXISTS '${name}'@'%'`);
    }
    await connection.query('DELETE FROM tenants WHERE slug = ?', [slug]);
    await connection.end();
  });
  const rows = async (sql: string, values: readonly unknown[]) => {
    const [found] = await connection.query<RowDataPacket[]>(sql, [...values]);
    return found;
  };
  const names = async (sql: string, values: readonly unknown[]) =>
    (await rows(sql, values)).map(({ name }) => String(name));
  return {
    slug,
    request: { slug, host, port },
    row: async () =>
      (
        await rows(
          'SELECT * FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug = ?',
          [slug],
        )
      )[0],
    onServer: async () => [
      ...(await names(
        'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name = ?',
        [database],
      )),
      ...(await names('SELECT user AS name FROM mysql.user WHERE user = ?', [user])),
    ],
    tables: () =>
      names(
        'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1',
        [database],
      ),
    async misbehave(order) {
      const orders = join(folder, 'orders');
      await mkdir(orders, { recursive: true });
      const file = join(orders, database);
      if (order === undefined) await rm(file, { force: true });
      else await writeFile(file, JSON.stringify(order));
    },
    async query(sql, values = []) {
      await connection.query(sql, [...values]);
    },
  };
}
