import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { makeSnapshot } from '../../../src/core/snapshot/make-snapshot.ts';
import type { SnapshotTable } from '../../../src/core/snapshot/snapshot-ports.ts';
import { migration } from '../../support/migrations.ts';
import {
  type Circumstances,
  type MadeContents,
  memorySink,
  memorySnapshotServer,
  shownSql,
} from '../support/memory-snapshots.ts';

const BUNDLE = createBundle([migration('1_create', () => {}), migration('2_fill', () => {})]);

const TABLE: SnapshotTable = {
  name: 'users',
  columns: ['id', 'made'].map((name) => ({
    name,
    type: name === 'made' ? 'datetime' : 'int',
    isGenerated: false,
    isNumbered: false,
    isTimestamped: false,
  })),
  key: ['id'],
};

/** A table with the rows that the second migration inserts. */
function users(
  { applied }: Circumstances,
  rows: MadeContents['rows'][string],
  sql = 'CREATE TABLE `users` (…)',
): MadeContents {
  return {
    contents: {
      charset: 'utf8mb4',
      collation: 'utf8mb4_bin',
      objects: [{ kind: 'table', name: 'users', sql, session: {} }],
      tables: [TABLE],
      withHistory: [],
      left: {},
    },
    rows: { users: applied.includes('2_fill') ? rows : [] },
  };
}

const timeOf = (clock: number) => new Date(clock).toISOString().slice(0, 19).replace('T', ' ');

async function made(
  make: (of: Circumstances) => MadeContents,
  { limit, refuses }: { limit?: number; refuses?: string } = {},
) {
  const { sink, statements, ends } = memorySink(limit);
  const server = memorySnapshotServer(make, refuses === undefined ? {} : { refuses });
  const steps: string[] = [];
  const result = await makeSnapshot(server, {
    bundle: BUNDLE,
    loadBundle: async () => BUNDLE,
    sql: shownSql,
    openSink: async () => sink,
    tool: '1',
    madeAt: new Date(0),
    onStep: (step) => steps.push(step),
  });
  return { result, statements: statements.map(({ sql }) => sql), ends, steps };
}

describe('a snapshot', () => {
  it('a snapshot has the rows of the replay, and the server’s own time instead of that of the replay', async () => {
    const { result, statements, ends, steps } = await made((of) =>
      users(of, [
        ['1', timeOf(of.clock)],
        ['2', undefined],
      ]),
    );
    expect(result).toMatchObject({
      status: 'made',
      header: {
        bundle: BUNDLE.hash,
        rows: 2,
        tables: 1,
        isZoned: true,
        ground: { product: 'MariaDB' },
      },
    });
    expect(statements).toEqual(['CREATE TABLE `users` (…)', 'users: 1,now 2,', 'after']);
    expect(ends).toEqual(['kept', 'discarded']);
    expect(steps).toEqual(['replay', 'replay again', 'compare', 'prove']);
  });

  it.each<[string, (of: Circumstances) => MadeContents, object]>([
    [
      'values',
      (of) => users(of, [[`${of.clock}`, undefined]]),
      { object: 'table users', text: 'id', migration: '2_fill' },
    ],
    [
      'rows',
      (of) => users(of, of.place === 'first' ? [['1', undefined]] : []),
      { text: 'the number of rows', migration: '2_fill' },
    ],
    [
      'definitions',
      (of) => users(of, [], `CREATE TABLE ${of.place}`),
      { text: 'has another definition', migration: '1_create' },
    ],
    [
      'counters',
      (of) => users(of, [], `) ENGINE=InnoDB AUTO_INCREMENT=${of.clock}`),
      { text: 'has another AUTO_INCREMENT' },
    ],
    [
      'objects',
      (of) =>
        of.place === 'second'
          ? { contents: { ...users(of, []).contents, objects: [], tables: [] }, rows: {} }
          : users(of, []),
      { text: 'exists in one of two databases only' },
    ],
    [
      'defaults',
      (of) => ({
        ...users(of, []),
        contents: { ...users(of, []).contents, collation: of.place, left: { a: of.place } },
      }),
      { object: 'the database' },
    ],
  ])('a snapshot is not kept if %s differ, and the migration is named', async (_, make, first) => {
    const { result, ends, steps } = await made(make);
    expect(result).toMatchObject({
      status: 'varies',
      differences: expect.arrayContaining([expect.objectContaining(first)]),
    });
    expect(ends).toEqual(['discarded']);
    expect(steps.at(-1)).toBe('find');
  });

  it('a snapshot is not kept if a database made from it differs', async () => {
    const { result, ends } = await made((of) =>
      users(of, [[of.place === 'proof' ? '2' : '1', undefined]]),
    );
    expect(result).toEqual({ status: 'unproven', reasons: ['table users: id'] });
    expect(ends).toEqual(['discarded']);
  });

  it('a snapshot is not kept if it could not be applied', async () => {
    const { result } = await made((of) => users(of, []), { refuses: 'it is another server' });
    expect(result).toMatchObject({
      status: 'unproven',
      reasons: [expect.stringContaining('it is another server')],
    });
  });

  it('a snapshot is not kept beyond its limit, nor of a table with history', async () => {
    expect((await made((of) => users(of, []), { limit: 1 })).result).toEqual({
      status: 'too large',
      limit: 1,
    });
    const { result } = await made((of) => ({
      ...users(of, []),
      contents: { ...users(of, []).contents, withHistory: ['users'] },
    }));
    expect(result).toMatchObject({
      status: 'unproven',
      reasons: [expect.stringContaining('users')],
    });
  });
});
