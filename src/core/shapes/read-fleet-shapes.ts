import { forEachItem } from '../list/for-each-tenant.ts';
import { inPages } from '../list/in-pages.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { createHostHealth, type HostHealth, ofItsHost } from '../migrate/host-health.ts';
import { openLoginToMigrate } from '../migrate/login-to-migrate.ts';
import type { PasswordOpener } from '../ports.ts';
import { hostKey, type Tenant } from '../tenant.ts';
import type { FindHostReader } from './host-readers.ts';
import type { DatabaseToRead, ReadOptions, ShapeReading, ShapeSource } from './shape-source.ts';

export interface ReadFleetShapesDependencies {
  readonly source: ShapeSource;
  readonly passwords: PasswordOpener;
  readonly findHostReader: FindHostReader;
}

export interface ReadFleetShapesOptions extends ReadOptions {
  /** Tenants, or connections of a server's login, at a time. */
  readonly concurrency: number;
}

/** Tenants that are held at a time. */
const PAGE = 1_000;

/**
 * Tenants that one connection of a host's login reads; a page of one host takes eight connections at a time, if the
 * concurrency allows them: a server waits for files and other sessions between two definitions.
 */
const LOT = PAGE / 8;

/**
 * Reads the shape of each tenant: those of a server with a login of its own over one connection, the others with
 * their own login, several at a time. Nothing is written. A tenant that cannot be read is a reading too; those of a
 * server that has not answered twice in a row are not asked. Stops, without an error, when the signal is aborted.
 */
export async function readFleetShapes(
  tenants: AsyncIterable<Tenant>,
  options: ReadFleetShapesOptions,
  dependencies: ReadFleetShapesDependencies,
  onReading: (tenant: Tenant, reading: ShapeReading) => void,
): Promise<void> {
  const { concurrency, signal } = options;
  const health = createHostHealth();
  for await (const page of inPages(tenants, PAGE)) {
    if (signal?.aborted === true) return;
    const work = (lot: readonly Tenant[]) =>
      readLot(lot, { ...dependencies, health }, onReading, options);
    await forEachItem(each(lotsOf(page, dependencies.findHostReader)), concurrency, work, signal);
  }
}

/** Tenants that are read together; a tenant that is read with its own login is alone. */
function lotsOf(page: readonly Tenant[], findHostReader: FindHostReader): Tenant[][] {
  const hosts = Map.groupBy(page, ({ address }) => hostKey(address));
  return [...hosts.values()].flatMap((tenants) => {
    const [first] = tenants;
    const size = first !== undefined && findHostReader(first.address) !== undefined ? LOT : 1;
    return Array.from({ length: Math.ceil(tenants.length / size) }, (_, at) =>
      tenants.slice(at * size, (at + 1) * size),
    );
  });
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item, void, undefined> {
  yield* items;
}

async function readLot(
  lot: readonly Tenant[],
  dependencies: ReadFleetShapesDependencies & { readonly health: HostHealth },
  onReading: (tenant: Tenant, reading: ShapeReading) => void,
  options: ReadOptions,
): Promise<void> {
  const { source, passwords, findHostReader, health } = dependencies;
  const [first] = lot;
  if (first === undefined) return;
  const host = hostKey(first.address);
  const { down } = health.of(host);
  const left = new Set(lot);
  const fail = (failure: Extract<ShapeReading, { status: 'unreadable' }>['failure']) => {
    for (const tenant of left) onReading(tenant, { status: 'unreadable', failure });
  };
  if (down !== undefined) return fail(down);
  const secrets: string[] = [];
  try {
    const reader = findHostReader(first.address);
    const login =
      reader === undefined
        ? await openLoginToMigrate(first, passwords)
        : { ...first.address, ...reader, database: '' };
    secrets.push(login.password);
    const byDatabase = new Map<DatabaseToRead, Tenant>(
      lot.map((tenant) => [toRead(tenant, reader === undefined ? [login.user] : []), tenant]),
    );
    const onRead = (database: DatabaseToRead, reading: ShapeReading) => {
      const tenant = byDatabase.get(database) as Tenant;
      left.delete(tenant);
      health.answered(host);
      onReading(tenant, reading);
    };
    await source.readMany(login, [...byDatabase.keys()], onRead, options);
  } catch (error) {
    const { address } = first;
    const names = [address.host, address.database, address.user];
    const failure = ofItsHost(failureOf(error, secrets, names), host);
    health.ended(host, { status: 'failed', failure, applied: [], notes: [] }, true);
    fail(failure);
  }
}

function toRead({ address, migrationLogin }: Tenant, others: readonly string[]): DatabaseToRead {
  const users = [address.user, migrationLogin?.user ?? '', ...others];
  return { database: address.database, users: [...new Set(users)].filter((user) => user !== '') };
}
