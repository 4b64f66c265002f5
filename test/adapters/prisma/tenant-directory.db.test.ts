import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TenantFilter } from '../../../src/core/ports.ts';
import {
  asking,
  createCentralDatabase,
  type GivenTenant,
  insertTenants,
} from '../../support/central-database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { collect } from '../../support/fleet.ts';

/** Rows with distinct ids, the given number on each server. */
function fleet(counts: Readonly<Record<string, number>>): (GivenTenant & { id: string })[] {
  return Object.entries(counts).flatMap(([server, count]) => {
    const [dbHost = '', dbPort = '3306'] = server.split(':');
    return Array.from({ length: count }, (_, number) => ({
      id: randomUUID(),
      slug: `${server} ${number}`,
      dbHost,
      dbPort: Number(dbPort),
    }));
  });
}

/** The expected listing: every server's ids in order, dealt in turn. */
function inTurn(rows: readonly (GivenTenant & { id: string })[], servers: readonly string[]) {
  const lists = servers.map((server) =>
    rows
      .filter(({ dbHost, dbPort }) => `${dbHost}:${dbPort}` === server)
      .map(({ id }) => id)
      .sort(),
  );
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, rank) => rank).flatMap((rank) =>
    lists.flatMap((list) => list[rank] ?? []),
  );
}

function listed(database: TestDatabase, filter: TenantFilter = {}): Promise<string[]> {
  return asking(database, ({ directory }) => collect(directory.listIds(filter)));
}

describe('listing tenants', () => {
  it('a listing of tenants takes turns among servers, also beyond a page and when some servers run out', async () => {
    const database = await createCentralDatabase();
    // A page has 5,000 ids for one server, and 833 for each of six.
    const rows = fleet({
      'db1:3306': 6_000,
      'db1:3307': 900,
      'db2:3306': 833,
      'db3:3306': 2,
      'db4:3306': 1_700,
      'db5:3306': 1,
    });
    await insertTenants(database, rows);

    expect(await listed(database)).toEqual(
      inTurn(rows, ['db1:3306', 'db1:3307', 'db2:3306', 'db3:3306', 'db4:3306', 'db5:3306']),
    );
  });

  it('a listing of tenants takes turns among more servers than one query reads at a time', async () => {
    const database = await createCentralDatabase();
    const hosts = Array.from({ length: 250 }, (_, n) => `db${String(n).padStart(3, '0')}:3306`);
    const rows = fleet(Object.fromEntries(hosts.map((host, n) => [host, (n % 4) * 20])));
    await insertTenants(database, rows);

    expect(await listed(database)).toEqual(inTurn(rows, hosts));
  });

  it('a listing of tenants treats host names that differ only in case as one server', async () => {
    const database = await createCentralDatabase();
    const rows = fleet({ 'DB1:3306': 2, 'db1:3306': 2, 'db2:3306': 4 });
    await insertTenants(database, rows);

    const ids = await listed(database);

    const host = new Map(rows.map(({ id, dbHost }) => [id, dbHost?.toLowerCase()]));
    expect(ids.map((id) => host.get(id))).toEqual([
      ...['db1', 'db2', 'db1', 'db2', 'db1', 'db2', 'db1', 'db2'],
    ]);
  });

  it('a listing of tenants lists only tenants with the status, with the exact stored ids', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'a' },
      { id: 'b', slug: 'b', status: 'SUSPENDED' },
      { id: 'c', slug: 'c', status: 'TRIAL_ENDED' },
      { id: 'd', slug: 'd', status: 'active' },
      { id: 'e', slug: 'e' },
    ]);

    expect(await listed(database)).toEqual(['a', 'e']);
    expect(await listed(database, { status: 'SUSPENDED' })).toEqual(['b']);
    expect(await asking(database, ({ directory }) => directory.count({}))).toBe(2);
  });

  it('a listing of tenants lists nothing for a fleet without tenants', async () => {
    const database = await createCentralDatabase();

    expect(await listed(database)).toEqual([]);
    expect(await asking(database, ({ directory }) => directory.count({}))).toBe(0);
  });
});

describe('listing tenants of some hosts', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'a', dbHost: 'db1' },
      { id: 'b', slug: 'b', dbHost: 'db1', dbPort: 3307 },
      { id: 'c', slug: 'c', dbHost: 'db2' },
      { id: 'd', slug: 'd', dbHost: '::1', dbPort: 3308 },
      { id: 'e', slug: 'e', dbHost: 'db1', status: 'ARCHIVED' },
    ]);
  });

  it.each<[readonly string[], string[]]>([
    [['db1'], ['a', 'b']],
    [['DB1:3307'], ['b']],
    [
      ['db1:3306', 'db2'],
      ['a', 'c'],
    ],
    [
      ['db1', 'db1:3307'],
      ['a', 'b'],
    ],
    [['::1'], ['d']],
    [['[::1]:3308'], ['d']],
    [['db'], []],
    [['db1:3308'], []],
    [["db1' OR 1=1 -- "], []],
    [[], []],
  ])('a listing of tenants lists and counts the tenants on %j: %j', async (hosts, ids) => {
    expect((await listed(database, { hosts })).sort()).toEqual(ids);
    expect(await asking(database, ({ directory }) => directory.count({ hosts }))).toBe(ids.length);
  });
});

describe('finding tenants by name', () => {
  const slugs = ['acme', 'Acme', "o'neill", '`tick`', 'a.b c', 'übung', 'ubung', '🏭', '\\', '%'];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createCentralDatabase();
    await insertTenants(
      database,
      slugs.map((slug, number) => ({ slug, id: `id-${number}`, status: 'SUSPENDED' })),
    );
    await insertTenants(database, [{ slug: 'blank ', id: 'Id-0' }]);
  });

  const find = (...names: string[]) =>
    asking(database, async ({ directory }) =>
      (await directory.findByNames(names)).map(({ slug }) => slug),
    );

  it.each(slugs)(
    'a search for tenants by name finds a tenant by its exact slug: %s',
    async (slug) => {
      expect(await find(slug)).toEqual([slug]);
    },
  );

  it.each(['ACME', 'acme ', ' acme', 'Übung', 'blank', '_', 'id-0 ', '', '\0', '\ud83c'])(
    'a search for tenants by name finds no tenant by a similar name: %j',
    async (name) => {
      expect(await find(name)).toEqual([]);
    },
  );

  it('a search for tenants by name finds tenants by slug and id at once, each only once', async () => {
    expect((await find('acme', 'id-0', 'id-2', 'blank ', 'nobody')).sort()).toEqual([
      'acme',
      'blank ',
      "o'neill",
    ]);
  });

  it('a search for tenants by name finds a thousand tenants by name', async () => {
    const names = Array.from({ length: 999 }, (_, number) => `nobody-${number}`);

    expect(await find(...names, 'acme')).toEqual(['acme']);
  });

  it('a search for tenants by name reads all values of a tenant, with a status that Fanfold does not know', async () => {
    const other = await createCentralDatabase();
    await other.query(
      `INSERT INTO tenants (slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword)
       VALUES ('acme', 'Acme Corp', 'TRIAL_ENDED', 'db1', 65535, 'acme\`db', 'acme', ?)`,
      ['ab'.repeat(10_000)],
    );
    await other.query(
      `INSERT INTO fanfold_tenants (tenantId, schemaVersion, lastMigratedAt, lastRunId)
       SELECT id, 'abc', '2026-11-23 01:02:03.456', 'run-1' FROM tenants`,
    );

    const [tenant] = await asking(other, ({ directory }) => directory.findByNames(['acme']));

    expect(tenant).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      slug: 'acme',
      name: 'Acme Corp',
      status: 'TRIAL_ENDED',
      address: { host: 'db1', port: 65_535, database: 'acme`db', user: 'acme' },
      encryptedPassword: 'ab'.repeat(10_000),
      schemaVersion: 'abc',
      lastMigratedAt: new Date('2026-11-23T01:02:03.456Z'),
      lastRunId: 'run-1',
    });
  });
});

describe('finding tenants by id', () => {
  it('a search for tenants by id finds tenants of every status by exact id, and leaves out unknown ids', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'one' },
      { id: 'b', slug: 'two', status: 'ARCHIVED' },
      { id: 'B', slug: 'three' },
    ]);

    const found = await asking(database, ({ directory }) =>
      directory.findByIds(['b', 'c', 'A', 'a ', 'one']),
    );

    expect(found.map(({ slug, status }) => [slug, status])).toEqual([['two', 'ARCHIVED']]);
  });
});

describe('recording the reached schema version', () => {
  it('a reached version is recorded in fanfold_tenants, once or repeatedly', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'a' },
      { id: 'b', slug: 'b' },
    ]);
    const reached = {
      schemaVersion: 'hash',
      runId: 'run-7',
      at: new Date('2026-11-23T10:00:00.5Z'),
    };
    const theirs = () => database.query('SELECT * FROM tenants ORDER BY id');
    const rows = () => database.query('SELECT * FROM fanfold_tenants ORDER BY tenantId');
    const before = await theirs();

    await asking(database, ({ directory }) => directory.recordReached(['a'], reached));
    const once = await rows();
    await asking(database, ({ directory }) => directory.recordReached(['a'], reached));

    expect(await rows()).toEqual(once);
    expect(await theirs()).toEqual(before);
    const [a] = await asking(database, ({ directory }) => directory.findByIds(['a']));
    expect(a).toMatchObject({
      schemaVersion: 'hash',
      lastMigratedAt: reached.at,
      lastRunId: 'run-7',
    });
  });

  it('the version of a tenant that may be between two is cleared, and nothing else of any', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'a' },
      { id: 'b', slug: 'b' },
    ]);
    const reached = { schemaVersion: 'hash', runId: 'run-7', at: new Date('2026-11-23T06:00:00Z') };
    await asking(database, async ({ directory }) => {
      await directory.recordReached(['a', 'b'], reached);
      await directory.forgetReached(['b', 'unknown']);
      await directory.forgetReached(['b']);
      await directory.forgetReached([]);
    });
    const rows = await asking(database, ({ directory }) => directory.findByIds(['a', 'b']));
    const versions = rows.map(({ id, schemaVersion, lastRunId }) => [id, schemaVersion, lastRunId]);
    expect(versions.sort()).toEqual([
      ['a', 'hash', 'run-7'],
      ['b', null, 'run-7'],
    ]);
    expect(await database.query('SELECT tenantId FROM fanfold_tenants')).toHaveLength(2);
  });

  it('no version is recorded for an empty list of tenants', async () => {
    const database = await createCentralDatabase();
    const reached = { schemaVersion: 'hash', runId: 'run-7', at: new Date() };

    await asking(database, async ({ directory }) => {
      await directory.recordReached([], reached);
      expect(await directory.findByIds([])).toEqual([]);
      expect(await directory.findByNames([])).toEqual([]);
    });
  });
});
