import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Knex } from 'knex';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';

/** More rows than the driver, the streams and one batch of the spool buffer. */
const ROWS = 12_000;

const update = (knex: Knex, id: number) => knex('many').where({ id }).update({ seen: 1 });

/** The ways in which migrations read rows one by one; each returns the number of rows. */
const READERS: Readonly<Record<string, (knex: Knex) => Promise<number>>> = {
  'a loop': async (knex) => {
    let count = 0;
    for await (const { id } of knex('many').orderBy('id').stream()) {
      if (count++ % 100 === 0) await update(knex, id);
    }
    return count;
  },
  'a pipeline into batches': async (knex) => {
    let count = 0;
    const batch: number[] = [];
    const flush = async () => {
      const ids = batch.splice(0);
      await knex('many').whereIn('id', ids).update({ seen: 1 });
    };
    const even = new Transform({
      objectMode: true,
      transform: (row, _, done) => done(null, ++count % 2 === 0 ? row : undefined),
    });
    const batches = new Writable({
      objectMode: true,
      write: ({ id }, _, done) => {
        batch.push(id);
        if (batch.length < 500) done();
        else flush().then(() => done(), done);
      },
      final: (done) => void flush().then(() => done(), done),
    });
    await pipeline(knex('many').orderBy('id').stream(), even, batches);
    return count;
  },
  'pipe()': (knex) => {
    let count = 0;
    const taking = new Writable({
      objectMode: true,
      write: ({ id }, _, done) => {
        if (count++ % 1000 !== 0) done();
        else update(knex, id).then(() => done(), done);
      },
    });
    return new Promise((resolve, reject) =>
      knex('many')
        .orderBy('id')
        .pipe(taking)
        .on('error', reject)
        .on('finish', () => resolve(count)),
    );
  },
  'a handler': async (knex) => {
    let count = 0;
    const updates: PromiseLike<unknown>[] = [];
    await knex('many')
      .orderBy('id')
      .stream((stream) => {
        stream.on('data', ({ id }) => {
          if (count++ % 3000 === 0) updates.push(update(knex, id).then());
        });
      });
    await Promise.all(updates);
    return count;
  },
  'two streams at a time': async (knex) => {
    let count = 0;
    const second = knex('many').orderBy('id', 'desc').stream()[Symbol.asyncIterator]();
    for await (const { id } of knex('many').orderBy('id').stream()) {
      const other = await second.next();
      expect(other.value.id).toBe(ROWS - 1 - id);
      if (count++ % 2000 === 0) await update(knex, id);
    }
    return count;
  },
};

describe.each(Object.entries(READERS))('rows read by %s', (_, read) => {
  it.each([true, false])(
    'rows that are read by %s arrive completely and in order, with updates in between, transaction: %s',
    async (transaction) => {
      const database = await filled(ROWS);
      let count = 0;
      const up = async (knex: Knex) => {
        count = await read(knex);
      };
      const all = bundle(migration('20260101000000_stream', up, { transaction }));
      expect(await migrate(database, all)).toMatchObject({ status: 'migrated' });
      expect(count).toBe(ROWS);
      expect(await filesOfStreams()).toEqual([]);
    },
    60_000,
  );
});

describe('a stream that is abandoned early', () => {
  const LEAVING: Readonly<Record<string, (knex: Knex) => Promise<unknown>>> = {
    'by break': async (knex) => {
      for await (const { id } of knex('many').stream()) {
        await update(knex, id);
        break;
      }
    },
    'by destroy': async (knex) => {
      const stream = knex('many').stream();
      await new Promise((resolve) => stream.once('data', resolve));
      stream.destroy();
    },
    'by an error of the reader': async (knex) => {
      const failing = new Writable({
        objectMode: true,
        write: (_row, _, done) => done(new Error('full')),
      });
      const piped = pipeline(knex('many').stream(), failing);
      await expect(piped).rejects.toThrow('full');
    },
    'by an error in the loop': async (knex) => {
      const looping = async () => {
        for await (const row of knex('many').stream()) throw new Error(`no ${row.id}`);
      };
      await expect(looping()).rejects.toThrow('no ');
    },
  };
  it.each(Object.entries(LEAVING))(
    'a stream that is abandoned early lets the migration continue: %s',
    async (_, leave) => {
      const database = await filled(ROWS);
      const up = async (knex: Knex) => {
        await leave(knex);
        await knex('many').where({ id: 7 }).update({ seen: 9 });
      };
      const all = bundle(migration('20260101000000_leave', up, { transaction: false }));
      expect(await migrate(database, all)).toMatchObject({ status: 'migrated' });
      expect(await database.query('SELECT seen FROM many WHERE id = 7')).toEqual([{ seen: 9 }]);
      expect(await filesOfStreams()).toEqual([]);
    },
  );
});

it('rows that cannot be spooled are reported with a named error', async () => {
  const database = await filled(ROWS);
  const before = process.env.TMPDIR;
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  process.env.TMPDIR = join(tmpdir(), 'fanfold-no-such-folder');
  const read = READERS['a loop'] as (knex: Knex) => Promise<number>;
  const attempt = await migrate(database, bundle(migration('20260101000000_full', read)));
  expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'StreamTooLarge' } });
});

it('reading a stream needs constant memory', async () => {
  const database = await filled(200_000);
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-memory-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'migrations'));
  await writeFile(
    join(folder, 'migrations', '20260101000000_stream.mjs'),
    `export async function up(knex) {
      let count = 0;
      for await (const { id } of knex('many').stream()) {
        if (count++ % 1000 === 0) await knex('many').where({ id }).update({ seen: 1 });
      }
      if (count !== 200000) throw new Error(String(count));
    }
    export async function down() {}`,
  );
  const { host, port, user, password } = database;
  const login = { host, port, database: database.database, user, password };
  const library = new URL('../../../src/api/run-tenant-migrations.ts', import.meta.url).href;
  const script = `
    const { runTenantMigrations } = await import('${library}');
    const { applied } = await runTenantMigrations(${JSON.stringify(login)}, { migrations: ${JSON.stringify(join(folder, 'migrations'))} });
    console.log(applied.length);`;
  // All rows together exceed the limit: Node would end the process.
  const limits = ['--max-old-space-size=56', '--no-warnings'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...limits,
    '--input-type=module',
    '--eval',
    script,
  ]);
  expect(stdout.trim()).toBe('1');
}, 120_000);

/** A database with a table of the given number of rows, each about 300 bytes in memory. */
async function filled(rows: number): Promise<TestDatabase> {
  const database = await createDatabase('streams');
  await database.query('CREATE TABLE many (id int PRIMARY KEY, seen int, text varchar(300))');
  const connection = await database.connection();
  await connection.query("INSERT INTO many VALUES (0, 0, REPEAT('text ', 50))");
  for (let count = 1; count < rows; count *= 2) {
    const more = Math.min(count, rows - count);
    await connection.query('INSERT INTO many SELECT id + ?, seen, text FROM many WHERE id < ?', [
      count,
      more,
    ]);
  }
  return database;
}

async function filesOfStreams(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^fanfold-.*\.rows$/.test(name));
}
