import { randomUUID } from 'node:crypto';
import { escapeId } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import { FanfoldError } from '../../src/core/errors.ts';
import { PROVISION_STEPS, provisionStep } from '../../src/core/provision/provision-step.ts';
import { failProvisioning, provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { undoProvisioning } from '../../src/core/provision/undo-provisioning.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import { crashingProcess } from '../support/crashing.ts';
import type { TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import { addRow, newSlug, onServer, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const never = new AbortController().signal;

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

/** Runs `work` with a central database and everything else that provisioning takes. */
function provisioning<Result>(
  work: (given: Provisioning) => Promise<Result>,
  differing: Partial<Provisioning> = {},
  migrations = SHOP,
): Promise<Result> {
  return asking(central, ({ provisioning: registry }) =>
    work(provisioningOn(registry, migrations, differing)),
  );
}

async function rowOf(slug: string) {
  const [row] = await central.query(
    'SELECT * FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug = ?',
    [slug],
  );
  return row;
}

describe('a new tenant', () => {
  it('a new tenant goes from its row to ACTIVE, with the time of each step', async () => {
    const slug = newSlug();
    const outcome = await provisioning(async (given) =>
      provisionTenant(await addRow(given, slug), given, never),
    );

    expect(outcome).toMatchObject({
      status: 'active',
      tenant: { slug, status: 'ACTIVE' },
      applied: SHOP.map(({ id }) => ({ name: `${id}.js` })),
    });
    expect(outcome.steps.map(({ step }) => step)).toEqual(PROVISION_STEPS);
    for (const { durationMs } of outcome.steps) expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(await rowOf(slug)).toMatchObject({
      status: 'ACTIVE',
      statusReason: null,
      provisioning: null,
      dbPassword: expect.stringMatching(/^v2:k1:/),
      schemaVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
      lastMigratedAt: expect.any(Date),
    });
  });

  it('a new tenant has rights on its own database only, which is utf8mb4 in the collation of the settings', async () => {
    const slug = newSlug();
    const { tenant, password } = await provisioning(
      async (given) => {
        const outcome = await provisionTenant(await addRow(given, slug), given, never);
        const made = outcome.tenant as Tenant;
        return { tenant: made, password: await given.passwords.open(made) };
      },
      {
        settings: {
          accountsFrom: '%',
          requireTls: () => false,
          collation: 'utf8mb4_unicode_ci',
          privileges: ['ALL'],
        },
      },
    );
    // An underscore of the name must not stand for any character.
    const neighbor = tenant.address.database.replace('_db', 'xdb');
    const root = await testServer().rootConnection();
    await root.query(`CREATE DATABASE \`${neighbor}\``);
    try {
      const { host, port, user } = tenant.address;
      const own = await createConnection({ host, port, user, password });
      const [rows] = await own.query('SHOW DATABASES');
      const seen = (rows as object[]).map((row) => Object.values(row)[0]);
      expect(
        seen.filter((name) => !/^(information|performance)_schema$/.test(String(name))),
      ).toEqual([tenant.address.database]);
      await expect(own.query('CREATE USER intruder')).rejects.toMatchObject({ errno: 1227 });
      const [charset] = await own.query(
        'SELECT default_character_set_name AS charset, default_collation_name AS collation FROM information_schema.schemata WHERE schema_name = ?',
        [tenant.address.database],
      );
      expect(charset).toMatchObject([{ charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' }]);
      await own.end();
    } finally {
      await root.query(`DROP DATABASE \`${neighbor}\``);
    }
    expect(password).toMatch(/^[\w-]{43}$/);
  });

  it('a new tenant may be named to the function alone, as an API inserts it: names and password are created', async () => {
    const slug = newSlug();
    const { host, port } = testServer();
    const id = randomUUID();
    await central.query(
      `INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword)
       VALUES (?, ?, ?, ?, ?, '', '', '')`,
      [id, slug, slug, host, port],
    );
    const again = await provisioning(async (given) => {
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
      return provisionTenant(id, given, never);
    });
    // A second call, such as a retry of the API's, does nothing.
    expect(again).toMatchObject({ status: 'active', steps: [{ step: 'claim', done: false }] });
    const { databases, users } = await onServer(slug);
    expect([databases.length, users.length]).toEqual([1, 1]);
    await provisioning(async () => dropAll(slug));
  });

  it('a new tenant is not provisioned if its password was not created here', async () => {
    const slug = newSlug();
    await central.query(
      `INSERT INTO tenants (slug, name, dbHost, dbName, dbUser, dbPassword) VALUES (?, 'x', 'db1', 'x', 'x', '00:11')`,
      [slug],
    );
    const id = String((await rowOf(slug))?.id);
    expect(await provisioning((given) => provisionTenant(id, given, never))).toMatchObject({
      status: 'failed',
      failedStep: 'claim',
      failure: { code: 'TenantNotProvisionable' },
    });
    expect(await rowOf(slug)).toMatchObject({ status: 'PROVISIONING', dbPassword: '00:11' });
  });
});

describe('interrupted provisioning', () => {
  it.each(['before', 'after'] as const)(
    'interrupted provisioning resumes when the process is killed %s any of its calls',
    async (when) => {
      let reachedEnd = false;
      for (let at = 1; !reachedEnd; at += 1) {
        const slug = newSlug();
        await provisioning(async (given) => {
          const id = await addRow(given, slug);
          const process = crashingProcess(at, when);
          const doomed = {
            ...given,
            registry: process.watch(given.registry),
            servers: process.watch(given.servers),
            retry: { ...given.retry, attempts: 1 },
          };
          await provisionTenant(id, doomed, never);
          reachedEnd = !process.crashed;
          expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
        });
        expect(await rowOf(slug)).toMatchObject({ status: 'ACTIVE', provisioning: null });
        expect(at).toBeLessThan(60);
      }
    },
    120_000,
  );

  it('interrupted provisioning can be removed when the process was killed at any of its calls', async () => {
    let reachedEnd = false;
    for (let at = 1; !reachedEnd; at += 1) {
      const slug = newSlug();
      await provisioning(async (given) => {
        const id = await addRow(given, slug);
        const process = crashingProcess(at, 'after');
        const registry = process.watch(given.registry);
        const servers = process.watch(given.servers);
        await provisionTenant(id, { ...given, registry, servers }, never);
        reachedEnd = !process.crashed;
        const row = await given.registry.read(id);
        if (row?.tenant.status === 'ACTIVE') return;
        if (row !== undefined) await undoProvisioning(row, given);
        expect(await given.registry.read(id)).toBeUndefined();
        expect(await onServer(slug)).toEqual({ databases: [], users: [] });
      });
      expect(at).toBeLessThan(60);
    }
  }, 120_000);

  it('interrupted provisioning stops between two steps on request, and resumes later', async () => {
    const slug = newSlug();
    const stop = new AbortController();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      const outcome = await provisionTenant(id, given, stop.signal, (step) => {
        if (step === 'database') stop.abort();
      });
      expect(outcome).toMatchObject({ status: 'interrupted', tenant: { status: 'PROVISIONING' } });
      expect(outcome.steps.at(-1)?.step).toBe('database');
      expect(await provisionTenant(id, given, never)).toMatchObject({
        status: 'active',
        steps: [
          { step: 'claim', done: false },
          { step: 'account', done: false },
          { step: 'database', done: false },
          { step: 'rights' },
          { step: 'migrations', done: true },
          { step: 'activation', done: true },
        ],
      });
    });
  });

  it('interrupted provisioning may be done step by step, each in its own process and more than once', async () => {
    const slug = newSlug();
    const id = await provisioning((given) => addRow(given, slug));
    for (const step of PROVISION_STEPS) {
      for (let time = 1; time <= 2; time += 1) {
        await provisioning((given) => provisionStep(step, id, given));
      }
    }
    expect(await rowOf(slug)).toMatchObject({ status: 'ACTIVE' });
  });

  it('interrupted provisioning resumes if two processes do it at the same time', async () => {
    const slug = newSlug();
    const id = await provisioning((given) => addRow(given, slug));
    const both = await Promise.all([
      provisioning((given) => provisionTenant(id, given, never)),
      provisioning((given) => provisionTenant(id, given, never)),
    ]);
    expect(both).toMatchObject([{ status: 'active' }, { status: 'active' }]);
  });
});

describe('what is somebody else’s', () => {
  it('an existing database of that name is not touched', async () => {
    const slug = newSlug();
    const root = await testServer().rootConnection();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      const { address } = await tenantOf(given, id);
      await root.query(`CREATE DATABASE \`${address.database}\``);
      await root.query(`CREATE TABLE \`${address.database}\`.precious (id INT)`);

      expect(await provisionTenant(id, given, never)).toMatchObject({
        status: 'failed',
        failedStep: 'database',
        failure: { code: 'DatabaseTaken', message: expect.stringContaining('left as it is') },
      });

      expect(await onServer(slug)).toEqual({ databases: [address.database], users: [] });
      const row = await given.registry.read(id);
      if (row !== undefined) await undoProvisioning(row, given);
      const [tables] = await root.query(`SHOW TABLES IN \`${address.database}\``);
      expect(tables).toHaveLength(1);
    });
  });

  it('a database that somebody creates just before provisioning does is not touched', async () => {
    const slug = newSlug();
    const root = await testServer().rootConnection();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      const database = `${slug.replaceAll('-', '_')}_db`;
      const registry: Provisioning['registry'] = {
        ...given.registry,
        mark: async (...mark) => {
          const marked = await given.registry.mark(...mark);
          if (mark[1] === 'database') await root.query(`CREATE DATABASE \`${database}\``);
          return marked;
        },
      };
      expect(await provisionTenant(id, { ...given, registry }, never)).toMatchObject({
        failure: { code: 'DatabaseTaken' },
      });
      expect(await onServer(slug)).toEqual({ databases: [database], users: [] });
    });
  });

  it('an existing user of that name is not touched, whatever its rights', async () => {
    const slug = newSlug();
    const user = slug.replaceAll('-', '_');
    const root = await testServer().rootConnection();
    await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'somebody-Elses-1'`);
    await root.query(`GRANT SELECT ON mysql.* TO '${user}'@'%'`);
    const [before] = await root.query(`SHOW GRANTS FOR '${user}'@'%'`);
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      expect(await provisionTenant(id, given, never)).toMatchObject({
        status: 'failed',
        failedStep: 'account',
        failure: { code: 'UserTaken', message: expect.stringContaining(user) },
      });
      const [after] = await root.query(`SHOW GRANTS FOR '${user}'@'%'`);
      expect(after).toEqual(before);
      expect((await onServer(slug)).databases).toEqual([]);
      // Once that user is out of the way it goes on.
      await root.query(`DROP USER '${user}'@'%'`);
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
    });
  });
});

describe('a failure', () => {
  it('a failure in the middle of a migration leaves nothing usable, and its cause is in the row', async () => {
    const slug = newSlug();
    const broken = migration('20260401000000_break', async (knex) => {
      await knex.schema.createTable('half', (table) => table.increments());
      await knex.raw('SELECT * FROM nowhere');
    });
    const id = await provisioning(
      async (given) => {
        const rowId = await addRow(given, slug);
        const outcome = await provisionTenant(rowId, given, never);
        expect(outcome).toMatchObject({
          status: 'failed',
          failedStep: 'migrations',
          failure: { code: 'TableMissing', migration: broken.id },
          tenant: { slug },
        });
        expect(outcome).toHaveProperty('leftBehind', undefined);
        return rowId;
      },
      {},
      [...SHOP, broken],
    );
    expect(await onServer(slug)).toEqual({ databases: [], users: [] });
    expect(await rowOf(slug)).toMatchObject({
      status: 'FAILED',
      statusReason: expect.stringMatching(/^TableMissing: /),
      provisioning: 'claimed',
      schemaVersion: null,
    });
    // The migration is fixed, and the tenant provisioned again.
    expect(await provisioning((given) => provisionTenant(id, given, never))).toMatchObject({
      status: 'active',
    });
    expect(await rowOf(slug)).toMatchObject({ status: 'ACTIVE', statusReason: null });
  });

  it('a failure because of a full table leaves nothing usable', async () => {
    const slug = newSlug();
    const filling = migration('20260401000000_fill', async (knex) => {
      await knex.raw('SET SESSION max_heap_table_size = 16384');
      await knex.raw('CREATE TABLE many (text VARCHAR(1000)) ENGINE = MEMORY');
      for (let row = 0; row < 1_000; row += 1) await knex('many').insert({ text: 'x' });
    });
    await provisioning(
      async (given) => {
        const outcome = await provisionTenant(await addRow(given, slug), given, never);
        expect(outcome).toMatchObject({
          status: 'failed',
          failedStep: 'migrations',
          failure: { code: 'ServerFull', nextStep: expect.stringContaining('disk space') },
          leftBehind: undefined,
        });
      },
      {},
      [...SHOP, filling],
    );
    expect(await onServer(slug)).toEqual({ databases: [], users: [] });
  });

  it('a failure never removes a tenant that somebody has activated meanwhile', async () => {
    const slug = newSlug();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      await provisionTenant(id, given, never);
      const failure = { ...(await failureFor(given)), code: 'Late' };
      expect(await failProvisioning(id, failure, given)).toBeUndefined();
      expect(await rowOf(slug)).toMatchObject({ status: 'ACTIVE' });
      expect((await onServer(slug)).databases).toHaveLength(1);
    });
  });

  it('a failure that prevents the removal is reported, and the next attempt removes everything', async () => {
    const slug = newSlug();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      let asked = 0;
      const admins: Provisioning['admins'] = {
        find: async (server) => {
          asked += 1;
          if (asked >= 3) throw new FanfoldError('AdminLoginMissing', 'Gone.', gone);
          return given.admins.find(server);
        },
      };
      expect(await provisionTenant(id, { ...given, admins }, never)).toMatchObject({
        status: 'failed',
        failedStep: 'rights',
        leftBehind: { code: 'AdminLoginMissing' },
      });
      expect(await rowOf(slug)).toMatchObject({ status: 'FAILED', provisioning: 'database' });
      const row = await given.registry.read(id);
      if (row !== undefined) await undoProvisioning(row, given);
      expect(await rowOf(slug)).toBeUndefined();
      expect(await onServer(slug)).toEqual({ databases: [], users: [] });
    });
  });

  it.each([
    ['the server is unknown', { host: 'nowhere.invalid' }, {}, 'HostNotFound'],
    ['nothing listens there', { port: 1 }, {}, 'ConnectionRefused'],
    [
      'the administrator’s login is wrong',
      {},
      { admins: { find: async () => ({ user: 'root', password: 'Wrong-passw0rd!' }) } },
      'AdminAccessDenied',
    ],
    [
      'the collation does not exist',
      {},
      { settings: { ...settings(), collation: 'utf8mb4_klingon_ci' } },
      'CollationUnknown',
    ],
    [
      'the account may not come from here',
      {},
      { settings: { ...settings(), accountsFrom: '10.255.255.1' } },
      expect.stringMatching(/^(AccessDenied|HostNotAllowed)$/),
    ],
    [
      'TLS is required and not offered to us',
      {},
      { settings: { ...settings(), requireTls: () => true } },
      'AccessDenied',
    ],
  ] satisfies [string, Parameters<typeof addRow>[2], Partial<Provisioning>, unknown][])(
    'a failure is reported if %s',
    async (_, address, differing, code) => {
      const slug = newSlug();
      await provisioning(async (given) => {
        const outcome = await provisionTenant(await addRow(given, slug, address), given, never);
        expect(outcome).toMatchObject({
          status: 'failed',
          failure: { code, nextStep: expect.stringMatching(/\w/) },
        });
        expect(JSON.stringify(outcome)).not.toContain('Wrong-passw0rd!');
      }, differing);
      expect(await onServer(slug)).toEqual({ databases: [], users: [] });
      expect(await rowOf(slug)).toMatchObject({ status: 'FAILED' });
    },
  );

  it.each([
    ['CREATE USER', 'GRANT SELECT ON *.* TO', 'account'],
    ['CREATE', 'GRANT CREATE USER, SELECT ON *.* TO', 'database'],
    ['GRANT OPTION', 'GRANT CREATE USER, CREATE, DROP, SELECT ON *.* TO', 'rights'],
  ])('a failure is reported if the administrator lacks %s', async (_, grant, failedStep) => {
    const slug = newSlug();
    const admin = { user: `p5_admin_${randomUUID().slice(0, 8)}`, password: 'Some-passw0rd!' };
    const root = await testServer().rootConnection();
    await root.query(`CREATE USER '${admin.user}'@'%' IDENTIFIED BY '${admin.password}'`);
    await root.query(`${grant} '${admin.user}'@'%'`);
    try {
      await provisioning(
        async (given) => {
          const outcome = await provisionTenant(await addRow(given, slug), given, never);
          expect(outcome).toMatchObject({
            status: 'failed',
            failedStep,
            failure: {
              code: 'AdminRightsMissing',
              nextStep: expect.stringContaining('CREATE USER'),
            },
          });
          expect(JSON.stringify(outcome)).not.toContain(admin.password);
        },
        { admins: { find: async () => admin } },
      );
      expect(await onServer(slug)).toEqual({ databases: [], users: [] });
    } finally {
      await root.query(`DROP USER '${admin.user}'@'%'`);
    }
  });

  it('a transient failure is retried if the server has no connection to spare for a moment', async () => {
    const slug = newSlug();
    const admin = { user: `p5_admin_${randomUUID().slice(0, 8)}`, password: 'Some-passw0rd!' };
    const root = await testServer().rootConnection();
    await root.query(`CREATE USER '${admin.user}'@'%' IDENTIFIED BY '${admin.password}'`);
    await root.query(`GRANT ALL ON *.* TO '${admin.user}'@'%' WITH GRANT OPTION`);
    await root.query(`ALTER USER '${admin.user}'@'%' WITH MAX_USER_CONNECTIONS 1`);
    const { host, port } = testServer();
    const only = await createConnection({ host, port, ...admin });
    try {
      const sleeps: number[] = [];
      const clock = {
        now: Date.now,
        sleep: async (ms: number) => {
          sleeps.push(ms);
          await only.end().catch(() => {});
        },
      };
      await provisioning(
        async (given) => {
          const outcome = await provisionTenant(await addRow(given, slug), given, never);
          expect(outcome).toMatchObject({ status: 'active' });
        },
        {
          admins: { find: async () => admin },
          clock,
          retry: { attempts: 20, baseMs: 50, capMs: 100 },
        },
      );
      expect(sleeps.length).toBeGreaterThan(0);
    } finally {
      await root.query(`DROP USER '${admin.user}'@'%'`);
    }
  });
});

describe('taking a tenant away', () => {
  it.each([
    ['of that name is nowhere', { host: 'nowhere.invalid' }, 'HostNotFound'],
    ['does not listen', { port: 1 }, 'ConnectionRefused'],
    ['has no administrator', { host: 'db9' }, 'AdminLoginMissing'],
  ])(
    'a tenant can be removed if its server %s, as nothing was created there',
    async (_, address, code) => {
      const slug = newSlug();
      await provisioning(async (whole) => {
        const given: Provisioning = {
          ...whole,
          admins: {
            find: async (server) => {
              if (server.host === 'db9') throw new FanfoldError('AdminLoginMissing', 'None.', gone);
              return whole.admins.find(server);
            },
          },
        };
        const id = await addRow(given, slug, address);
        const outcome = await provisionTenant(id, given, never);
        expect(outcome).toMatchObject({
          status: 'failed',
          failure: { code },
          leftBehind: undefined,
        });
        const row = await given.registry.read(id);
        if (row === undefined) throw new Error('The row is gone.');
        expect(await undoProvisioning(row, given)).toMatchObject({ notAsked: { code } });
        expect(await rowOf(slug)).toBeUndefined();
      });
    },
  );

  it('removing a tenant is never possible if it is or was ACTIVE', async () => {
    const slug = newSlug();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      await provisionTenant(id, given, never);
      for (const status of ['ACTIVE', 'FAILED', 'PROVISIONING', 'SUSPENDED']) {
        await central.query('UPDATE tenants SET status = ? WHERE id = ?', [status, id]);
        const row = await given.registry.read(id);
        expect(row && (await rejectionOf(undoProvisioning(row, given)))).toMatchObject({
          code: 'TenantNotUndoable',
        });
      }
      expect((await onServer(slug)).databases).toHaveLength(1);
    });
  });

  it('removing a tenant is refused with the reason if users of the product belong to its row', async () => {
    const slug = newSlug();
    await provisioning(async (given) => {
      const id = await addRow(given, slug);
      await central.query('INSERT INTO users (email, name, tenantId) VALUES (?, ?, ?)', [
        `${slug}@example.com`,
        'A',
        id,
      ]);
      const row = await given.registry.read(id);
      expect(row && (await rejectionOf(undoProvisioning(row, given)))).toMatchObject({
        code: 'TenantInUse',
      });
      await central.query('DELETE FROM users WHERE tenantId = ?', [id]);
      const left = await given.registry.read(id);
      if (left !== undefined) await undoProvisioning(left, given);
      expect(await rowOf(slug)).toBeUndefined();
    });
  });
});

describe('many at once', () => {
  it('fifty tenants can be provisioned at once on one server', async () => {
    const outcomes = await provisioning(
      async (given) => {
        const ids = await Promise.all(Array.from({ length: 50 }, () => addRow(given, newSlug())));
        return Promise.all(ids.map((id) => provisionTenant(id, given, never)));
      },
      { retry: { attempts: 10, baseMs: 50, capMs: 500 }, clock: realClock() },
    );
    expect(outcomes.map((outcome) => [outcome.status, failureOf(outcome)])).toEqual(
      outcomes.map(() => ['active', undefined]),
    );
  }, 120_000);
});

describe('names', () => {
  it.each([
    'back`tick',
    "quo'te",
    'double"quote',
    'back\\slash',
    'dot.ted',
    'two words',
    'größe',
    'semi;colon',
    'per%cent_under',
    "'; DROP USER x; --",
  ])('names are quoted: %s', async (odd) => {
    const slug = newSlug();
    await provisioning(async (given) => {
      const names = { database: `${slug}${odd}`, user: `${slug.slice(3)}${odd}`.slice(0, 32) };
      const id = await addRow(given, slug, names);
      const outcome = await provisionTenant(id, given, never);
      expect(outcome).toMatchObject({ status: 'active', tenant: { address: names } });
    });
  });
});

const gone = { fault: 'configuration', nextStep: 'Wait.' } as const;

function settings(): Provisioning['settings'] {
  return { accountsFrom: '%', requireTls: () => false, privileges: ['ALL'] };
}

async function tenantOf({ registry }: Provisioning, id: string): Promise<Tenant> {
  const row = await registry.read(id);
  if (row === undefined) throw new Error(`There is no tenant ${id}.`);
  return row.tenant;
}

async function failureFor(given: Provisioning) {
  const outcome = await provisionTenant(randomUUID(), given, never);
  if (outcome.status !== 'failed') throw new Error('A tenant that is nowhere was provisioned.');
  return outcome.failure;
}

function failureOf(outcome: Awaited<ReturnType<typeof provisionTenant>>) {
  return outcome.status === 'failed' ? outcome.failure : undefined;
}

function realClock(): Provisioning['clock'] {
  return { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}

async function dropAll(slug: string): Promise<void> {
  const root = await testServer().rootConnection();
  const { databases, users } = await onServer(slug);
  for (const name of databases) await root.query(`DROP DATABASE ${escapeId(name, true)}`);
  for (const name of users) await root.query(`DROP USER ${root.escape(name)}@'%'`);
}
