import { randomUUID } from 'node:crypto';
import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { PrismaClient } from '../../../../prisma/generated-central/client.ts';
import type { TenantColumn } from '../../../core/central/tenants-mapping.ts';
import { FanfoldError } from '../../../core/errors.ts';
import type { DatabaseAddress, TenantStatus } from '../../../core/tenant.ts';
import type { CentralSession } from '../central-session.ts';
import { DEFAULT_PORT, hasId, hasStatus, idValue } from './conditions.ts';
import { OWN_TABLE } from './own-table.ts';
import { tenantsReadOnly } from './tenants-errors.ts';
import { quoteIdentifier, type TenantsSource, type WriteTarget } from './tenants-source.ts';
import { statusWord } from './write-checks.ts';

/** Values for a tenant's columns. An absent value leaves the column unchanged, or empty in a new row. */
export interface TenantValues {
  readonly slug?: string | undefined;
  readonly name?: string | undefined;
  readonly status?: TenantStatus | undefined;
  readonly address?: Partial<DatabaseAddress> | undefined;
  readonly encryptedPassword?: string | undefined;
}

/** Values for a tenant's row in `fanfold_tenants`. */
export interface OwnValues {
  readonly schemaVersion?: string | null;
  readonly lastMigratedAt?: Date | null;
  readonly lastRunId?: string | null;
  readonly statusReason?: string | null;
  readonly provisioning?: string | null;
  readonly provisioningOf?: string | null;
  readonly dbPasswordNext?: string | null;
  readonly migrationUser?: string | null;
  readonly migrationPassword?: string | null;
}

/** The INSERT statement for a tenant's row. If `id` is undefined, the database counts. */
export function insertTenant(
  source: TenantsSource,
  target: WriteTarget,
  id: string | undefined,
  values: TenantValues,
): Sql {
  const given = columnValues(source, values);
  const idSql = id === undefined ? undefined : idValue(source.columns, id);
  if (idSql !== undefined) given.set(source.columns.id.name, idSql);
  const names = [...given.keys()].map(quoteIdentifier);
  const all = [...given.values()];
  for (const stamp of new Set([target.createdAt, target.updatedAt])) {
    if (stamp === undefined) continue;
    names.push(stamp.sql);
    all.push(raw(stamp.now));
  }
  return sql`INSERT INTO ${raw(target.table)} (${raw(names.join(', '))}) VALUES (${join(all)})`;
}

/** An id for a new row in the format of its column; `undefined` if the database counts. */
export function newId(
  { newId: maker }: WriteTarget,
  given: string = randomUUID(),
): string | undefined {
  if (maker === 'counted') return undefined;
  return maker === 'uuid-bytes' ? given.replaceAll('-', '') : given;
}

/** A change of a tenant's row, with the conditions under which it is made. */
export interface TenantChange {
  readonly id: string;
  readonly conditions?: readonly Sql[] | undefined;
  readonly values?: TenantValues | undefined;
  readonly own?: OwnValues | undefined;
  /** Whether a missing row in `fanfold_tenants` may stay missing, because its values are only cleared or derived. */
  readonly isOwnOptional?: boolean | undefined;
  /** Whether that row is missing, as far as is known: it is created first then. */
  readonly isOwnMissing?: boolean | undefined;
  /** Conditions on the row in `fanfold_tenants`. */
  readonly ownConditions?: readonly Sql[] | undefined;
  /** Another row that is changed in the same statement, or nothing is. */
  readonly beside?: BesideChange | undefined;
}

/** A change of a row of another table. */
export interface BesideChange {
  readonly join: Sql;
  readonly sets: readonly Sql[];
  readonly conditions: readonly Sql[];
}

/**
 * Changes a tenant's row and its row in `fanfold_tenants` atomically, with one statement. Returns `false`
 * and changes nothing if a condition is not met. Without `own`, only the user's row is changed.
 */
export async function changeTenant(
  { ask, source }: CentralSession,
  target: WriteTarget,
  change: TenantChange,
): Promise<boolean> {
  const {
    id,
    conditions = [],
    values = {},
    own,
    ownConditions = [],
    isOwnOptional,
    isOwnMissing = false,
    beside,
  } = change;
  const given = columnValues(source, values);
  const sets = [...given].map(
    ([name, value]) => sql`${raw(`t.${quoteIdentifier(name)}`)} = ${value}`,
  );
  if (sets.length > 0 && target.updatedAt !== undefined) {
    sets.push(raw(`t.${target.updatedAt.sql} = ${target.updatedAt.now}`));
  }
  const isOwn = own !== undefined || ownConditions.length > 0;
  sets.push(
    ...Object.entries(own ?? {}).map(([name, value]) => sql`${raw(`f.${name}`)} = ${value}`),
  );
  sets.push(...(beside?.sets ?? []));
  const joining = isOwnOptional === true ? 'LEFT JOIN' : 'JOIN';
  const tables = isOwn
    ? sql`${raw(`${source.from} ${joining} ${OWN_TABLE} AS f`)} ON f.tenantId = ${id}`
    : raw(source.from);
  const all = [hasId(source, id), ...conditions, ...ownConditions, ...(beside?.conditions ?? [])];
  const joined = beside === undefined ? tables : sql`${tables} ${beside.join}`;
  const query = sql`UPDATE ${joined} SET ${join(sets)} WHERE ${join(all, ' AND ')}`;
  const count = await ask(async (prisma) => {
    if (isOwnMissing) await insertOwnRow(prisma, id);
    const changed = await prisma.$executeRaw(query);
    const isNew =
      changed === 0 && isOwn && isOwnOptional !== true && (await createOwnRow(prisma, source, id));
    return isNew ? prisma.$executeRaw(query) : changed;
  });
  return count > 0;
}

/**
 * Creates an empty row in `fanfold_tenants` for an existing tenant; returns `false` if there already is
 * one. The user's row is read without a lock, because a lock might wait for the user's own transactions.
 */
async function createOwnRow(
  prisma: Pick<PrismaClient, '$queryRaw' | '$executeRaw'>,
  source: TenantsSource,
  id: string,
): Promise<boolean> {
  const isThere = sql`SELECT 1 AS found FROM ${raw(source.from)} WHERE ${hasId(source, id)}`;
  if ((await prisma.$queryRaw<unknown[]>(isThere)).length === 0) return false;
  return insertOwnRow(prisma, id);
}

async function insertOwnRow(
  prisma: Pick<PrismaClient, '$executeRaw'>,
  id: string,
): Promise<boolean> {
  const made = sql`INSERT IGNORE INTO ${raw(OWN_TABLE)} (tenantId) VALUES (${id})`;
  return (await prisma.$executeRaw(made)) > 0;
}

/** Matches a tenant whose status is one of these. */
export function isAmong(source: TenantsSource, statuses: readonly TenantStatus[]): Sql {
  return sql`(${join(
    statuses.map((status) => hasStatus(source, status)),
    ' OR ',
  )})`;
}

/** Matches a tenant with this address; an empty part also matches NULL. */
export function hasAddress({ columns }: TenantsSource, address: Partial<DatabaseAddress>): Sql[] {
  const { host, port, database, user } = address;
  const is = (column: string, value: string) => sql`COALESCE(${raw(column)}, '') = ${value}`;
  return [
    ...(host === undefined ? [] : [is(columns.dbHost.sql, host)]),
    ...(port === undefined || columns.dbPort === undefined
      ? []
      : [sql`COALESCE(${raw(columns.dbPort.sql)}, ${raw(String(DEFAULT_PORT))}) = ${port}`]),
    ...(database === undefined ? [] : [is(columns.dbName.sql, database)]),
    ...(user === undefined ? [] : [is(columns.dbUser.sql, user)]),
  ];
}

/** Matches a tenant with this ciphertext; an empty one also matches NULL. */
export function hasPassword({ columns }: TenantsSource, encryptedPassword: string): Sql {
  return sql`COALESCE(${raw(columns.dbPassword.sql)}, '') = ${encryptedPassword}`;
}

/** Values by the names of the user's columns. Two values that share a column must be equal. */
function columnValues(
  source: TenantsSource,
  { slug, name, status, address = {}, encryptedPassword }: TenantValues,
): Map<string, Sql> {
  const { host, port, database, user } = address;
  const wanted: Partial<Record<TenantColumn, string | number | undefined>> = {
    slug,
    name,
    status: status === undefined ? undefined : statusWord(source, status),
    dbHost: host,
    dbPort: port,
    dbName: database,
    dbUser: user,
    dbPassword: encryptedPassword,
  };
  const values = new Map<string, string | number>();
  for (const [column, value] of Object.entries(wanted) as [TenantColumn, string | number][]) {
    if (value === undefined) continue;
    const of = source.columns[column];
    if (of === undefined) {
      if (column === 'dbPort' && value !== DEFAULT_PORT) {
        throw tenantsReadOnly(`The port ${value}`, `${source.shown} has no column dbPort`);
      }
      continue;
    }
    const before = values.get(of.name);
    if (before !== undefined && before !== value) throw sharedColumn(of.name, before, value);
    values.set(of.name, value);
  }
  return new Map([...values].map(([name, value]) => [name, sql`${value}`]));
}

function sharedColumn(name: string, one: string | number, other: string | number): FanfoldError {
  return new FanfoldError(
    'TenantInvalid',
    `The column ${name} is mapped to two values of a tenant, and cannot be both ${JSON.stringify(one)} and ${JSON.stringify(other)}.`,
    { fault: 'usage', nextStep: 'Give both the same value, or omit the name.' },
  );
}
