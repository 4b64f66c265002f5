import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { inject, onTestFinished } from 'vitest';
import type { PasswordRow } from '../../../src/core/encryption/password-v2.ts';
import { FIRST_TABLE, type Misbehavior } from './tenant-migrations.ts';

/** A tenant of a fleet, with its own database on the real server. */
export interface FleetTenant {
  readonly id: string;
  readonly slug: string;
  readonly database: string;
  /** Makes its first migration fail, because the table already exists. */
  breakDatabase(): Promise<void>;
  repairDatabase(): Promise<void>;
  /** Gives its migrator a fault; `undefined` ends it. */
  misbehave(order: Misbehavior | undefined): Promise<void>;
  /** Rows of its database. */
  select(sql: string): Promise<RowDataPacket[]>;
  /** Changes columns of its row in the central database. */
  update(columns: Readonly<Record<string, string>>): Promise<void>;
}

/** All tenants of the central database during one test. */
export interface Fleet {
  readonly tenants: readonly FleetTenant[];
  /** Adds one more. */
  add(status?: string): Promise<FleetTenant>;
  /** Slugs whose database has the last migration, in order. */
  migrated(): Promise<string[]>;
  /** Slugs that the central database records as migrated by the run, in order. */
  recordedFor(runId: string): Promise<string[]>;
  /** Port of the server that holds the databases. */
  readonly port: number;
  /** The password of the user that all of them share. */
  readonly password: string;
  /** The password to store in the tenant's row; by default the right one. */
  seal(tenant: FleetTenant, password?: string): Promise<string>;
}

export interface FleetOptions {
  /** Databases that are migrated for real. */
  readonly tenants: number;
  /** How passwords are written for a row. */
  readonly encrypt: (row: PasswordRow, password: string) => Promise<string>;
}

/** Makes the fleet; its databases are dropped when the test ends, and the next fleet replaces the rows. */
export async function createFleet({ tenants: count, encrypt }: FleetOptions): Promise<Fleet> {
  const { host, port, user, password: rootPassword } = inject('server');
  const { central, folder } = inject('aws');
  const centralDatabase = central.database;
  const prefix = `ff_aws_${randomBytes(4).toString('hex')}`;
  const password = `pw-${randomBytes(12).toString('base64url')}`;
  const root = await createConnection({ host, port, user, password: rootPassword });
  const account = `'${prefix}'@'%'`;
  await rememberSecret(folder, password);
  await root.query(`CREATE USER ${account} IDENTIFIED BY '${password}'`);
  await root.query(`GRANT ALL ON \`${prefix.replaceAll('_', '\\_')}\\_%\`.* TO ${account}`);
  await root.query(`USE \`${centralDatabase}\``);
  await root.query('DELETE FROM tenants');
  await root.query('DELETE FROM fanfold_tenants');

  const tenants: FleetTenant[] = [];
  const rowOf = ({ id, database }: FleetTenant): PasswordRow => ({
    id,
    address: { host, port, database, user: prefix },
  });
  const add = async (status = 'ACTIVE') => {
    const number = String(tenants.length).padStart(3, '0');
    const database = `${prefix}_${number}`;
    const tenant = tenantOf(root, {
      slug: `tenant-${number}`,
      database,
      orders: join(folder, 'orders'),
    });
    await root.query(`CREATE DATABASE \`${database}\``);
    await root.query('INSERT INTO tenants SET ?', {
      ...{ id: tenant.id, slug: tenant.slug, name: `Tenant ${number}`, status },
      ...{ dbHost: host, dbPort: port, dbName: database, dbUser: prefix },
      dbPassword: await encrypt(rowOf(tenant), password),
    });
    tenants.push(tenant);
    return tenant;
  };
  onTestFinished(async () => {
    for (const { database } of tenants) await root.query(`DROP DATABASE \`${database}\``);
    await root.query(`DROP USER ${account}`);
    await root.end();
  });
  for (let number = 0; number < count; number += 1) await add();

  return {
    tenants,
    add,
    migrated: async () => {
      const [rows] = await root.query<RowDataPacket[]>(
        `SELECT table_schema AS name FROM information_schema.columns
         WHERE table_schema LIKE ? AND table_name = 'orders' AND column_name = 'total'`,
        [`${prefix.replaceAll('_', '\\_')}%`],
      );
      const names = new Set(rows.map(({ name }) => name));
      return tenants.filter(({ database }) => names.has(database)).map(({ slug }) => slug);
    },
    recordedFor: async (runId) => {
      const [rows] = await root.query<RowDataPacket[]>(
        `SELECT slug FROM \`${centralDatabase}\`.tenants JOIN \`${centralDatabase}\`.fanfold_tenants ON tenantId = id WHERE lastRunId = ? ORDER BY slug`,
        [runId],
      );
      return rows.map(({ slug }) => slug);
    },
    port,
    password,
    seal: (tenant, other = password) => encrypt(rowOf(tenant), other),
  };
}

interface TenantPlace {
  readonly slug: string;
  readonly database: string;
  readonly orders: string;
}

function tenantOf(root: Connection, { slug, database, orders }: TenantPlace): FleetTenant {
  // Ids go up, so that the first tenant of a fleet is the first of its run.
  const id = `${slug.slice(-3).padStart(8, '0')}${randomUUID().slice(8)}`;
  const centralDatabase = inject('aws').central.database;
  return {
    ...{ id, slug, database },
    breakDatabase: async () => {
      await root.query(`CREATE TABLE \`${database}\`.${FIRST_TABLE} (made_by_hand INT)`);
    },
    repairDatabase: async () => {
      await root.query(`DROP TABLE \`${database}\`.${FIRST_TABLE}`);
    },
    misbehave: async (order) => {
      await mkdir(orders, { recursive: true });
      const file = join(orders, database);
      if (order === undefined) await rm(file, { force: true });
      else await writeFile(file, JSON.stringify(order));
    },
    select: async (sql) =>
      (await root.query<RowDataPacket[]>(`${sql.replaceAll('{db}', `\`${database}\``)}`))[0],
    update: async (columns) => {
      await root.query(`UPDATE \`${centralDatabase}\`.tenants SET ? WHERE id = ?`, [columns, id]);
    },
  };
}

/** Records a secret for the search at the end, which must not find it anywhere. */
export async function rememberSecret(folder: string, secret: string): Promise<void> {
  await writeFile(join(folder, 'secrets.jsonl'), `${JSON.stringify(secret)}\n`, { flag: 'a' });
}
