import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

/** The failure of an attempt. */
function failureOf(attempt: Attempt) {
  if (attempt.status !== 'failed') throw new Error(`It ${attempt.status}.`);
  return attempt.failure;
}

/** Runs the statements in a next step as an administrator. */
async function paste(nextStep: string, statement: RegExp, password = ''): Promise<void> {
  const [sql] = statement.exec(nextStep) ?? [];
  expect(sql, nextStep).toBeDefined();
  const root = await testServer().rootConnection();
  await root.query(String(sql).replace('<password>', password));
  await root.end();
}

async function revokeAll({ user, database }: TestDatabase): Promise<void> {
  const root = await testServer().rootConnection();
  await root.query(`REVOKE ALL ON \`${database.replaceAll('_', '\\_')}\`.* FROM '${user}'@'%'`);
  await root.end();
}

const VIEW = migration('1_view', async (knex) => {
  await knex.raw('CREATE VIEW v AS SELECT 1 AS one');
});

describe('a next step', () => {
  it('a next step contains the missing GRANT, ready to paste', async () => {
    const database = await createDatabase('paste');
    await revokeAll(database);
    const root = await testServer().rootConnection();
    const pattern = database.database.replaceAll('_', '\\_');
    await root.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON \`${pattern}\`.* TO '${database.user}'@'%'`,
    );
    await root.end();
    const lacks = failureOf(await migrate(database, bundle(VIEW)));
    expect(lacks.code).toBe('PrivilegeMissing');
    await paste(lacks.nextStep, /GRANT CREATE VIEW ON `.*`\.\* TO '.*'@'%';/);
    // The privilege on the selected table is reported next.
    expect(await migrate(database, bundle(VIEW))).toMatchObject({ status: 'migrated' });
  });

  it('a next step contains CREATE DATABASE and GRANT for an inaccessible database', async () => {
    const database = await createDatabase('paste');
    await revokeAll(database);
    const denied = failureOf(await migrate(database, bundle(VIEW)));
    expect(denied.code).toBe('DatabaseAccessDenied');
    await paste(denied.nextStep, /GRANT ALL ON `.*`\.\* TO '[^']*'@'%';/);
    expect(await migrate(database, bundle(VIEW))).toMatchObject({ status: 'migrated' });
    const root = await testServer().rootConnection();
    await root.query(`DROP DATABASE ${database.database}`);
    await root.end();
    const missing = failureOf(await migrate(database, bundle(VIEW)));
    await paste(missing.nextStep, /CREATE DATABASE `.*` CHARACTER SET utf8mb4;/);
    expect(await migrate(database, bundle(VIEW))).toMatchObject({ status: 'migrated' });
  });

  it('a next step contains CREATE USER for a missing account, without a password', async () => {
    const database = await createDatabase('paste');
    const root = await testServer().rootConnection();
    await root.query(`DROP USER '${database.user}'@'%'`);
    const refused = failureOf(await migrate(database, bundle(VIEW)));
    expect(refused.code).toBe('AccessDenied');
    expect(JSON.stringify(refused)).not.toContain(database.password);
    const create = /CREATE USER '.*'@'[^']+' IDENTIFIED BY '<password>';/;
    await paste(refused.nextStep, create, database.password);
    const denied = failureOf(await migrate(database, bundle(VIEW)));
    expect(denied.code).toBe('DatabaseAccessDenied');
    const [, host] = /CREATE USER '.*'@'([^']+)'/.exec(refused.nextStep) ?? [];
    await root.query(`DROP USER '${database.user}'@'${host}'`);
    await root.end();
  });

  it('a next step contains the KILL for the session that holds the fence', async () => {
    const database = await createDatabase('paste');
    const holder = await database.connection();
    holder.on('error', () => {});
    await holder.query('SELECT GET_LOCK(?, 0)', [`fanfold:${database.database}`]);
    const busy = failureOf(await migrate(database, bundle(VIEW), { fenceWaitSeconds: 0 }));
    expect(busy.code).toBe('TenantBusy');
    await paste(busy.nextStep, /KILL \d+;/);
    expect(await migrate(database, bundle(VIEW))).toMatchObject({ status: 'migrated' });
  });
});

describe('an error that a migration throws', () => {
  const thrower = migration('1_throws', async (knex) => {
    const [[row]] = await knex.raw('SELECT DATABASE() AS name');
    const kind = process.env.FANFOLD_TEST_THROWS;
    if (kind === 'plan') throw new Error(`Tenant ${row.name} (id ${Math.random()}) has no plan`);
    if (kind === 'owner')
      throw new TypeError(`No owner of "${row.name}": owner@${row.name}.example`);
    throw new Error(`Settings are no JSON: {"db":"${row.name}"}`);
  });

  it('an error that a migration throws becomes one cause per kind of message, regardless of the names in it', async () => {
    const databases = [await createDatabase('throws'), await createDatabase('throws')];
    const causes: string[] = [];
    for (const kind of ['plan', 'owner', 'settings']) {
      process.env.FANFOLD_TEST_THROWS = kind;
      for (const database of databases) {
        causes.push(failureOf(await migrate(database, bundle(thrower))).fingerprint);
      }
    }
    delete process.env.FANFOLD_TEST_THROWS;
    const [plan, planToo, owner, ownerToo, settings, settingsToo] = causes;
    expect([plan, owner, settings]).toEqual([planToo, ownerToo, settingsToo]);
    expect(new Set(causes).size).toBe(3);
  });

  it('an error about a duplicate is grouped by the key and not by the value', async () => {
    const duplicate = (column: string, value: string) =>
      migration('1_duplicate', async (knex) => {
        await knex.raw(
          `CREATE TABLE IF NOT EXISTS d (a VARCHAR(20), b VARCHAR(20), UNIQUE a (a), UNIQUE b (b))`,
        );
        await knex.raw('INSERT INTO d (??) VALUES (?), (?)', [column, value, value]);
      });
    const causes: string[] = [];
    for (const [column, value] of [
      ['a', 'one'],
      ['a', "it's 2"],
      ['b', 'one'],
    ] as const) {
      const database = await createDatabase('throws');
      const failure = failureOf(await migrate(database, bundle(duplicate(column, value))));
      expect(failure.code).toBe('DuplicateData');
      causes.push(failure.fingerprint);
    }
    expect(causes[0]).toBe(causes[1]);
    expect(causes[2]).not.toBe(causes[0]);
  });
});
