import { expect, test } from 'vitest';
import { recordedWork, touchedTables } from '../../../../src/core/safety/forecast/recorded-work.ts';
import type { Recording } from '../../../../src/core/safety/recording.ts';
import { alter, column, create, drop, statement, table } from '../lint/lint-statements.ts';

const server = {
  product: 'MySQL',
  isMariaDb: false,
  version: '8.4.3',
  number: 8_004_003,
  lowerCaseTableNames: 0 as const,
};
const migrations = ['a', 'b'].map((id) => ({ id, statements: [] }));
const failure = {
  code: 'StatementFailed',
  message: 'no',
  nextStep: '',
  retryable: false,
  fingerprint: '',
} as const;

test.for([
  { title: 'its name', migration: 'b' },
  { title: 'its place', migration: undefined },
])('the work of a migration that failed on the scratch server is not known, by $title', (of) => {
  const recording = { server, migrations, failure: { ...failure, migration: of.migration } };
  expect([...recordedWork(recording as Recording).keys()]).toEqual(['a']);
  expect([...recordedWork({ server, migrations }).keys()]).toEqual(['a', 'b']);
});

test('the work of a migration counts on tables that earlier statements made, dropped or renamed', () => {
  const users = table([column('a')], { name: 'users' });
  const people = { ...users, name: 'People' };
  const fill = (name: string) => statement(`UPDATE ${name} SET a = 1`);
  const rename = { renames: [{ what: 'table', from: 'users', to: 'People' }] } as const;
  const works = recordedWork({
    server,
    migrations: [
      { id: 'a', statements: [fill('users'), create(users), fill('users'), statement('SET a')] },
      { id: 'b', statements: [alter(users, people, rename), fill('people'), fill('users')] },
      { id: 'c', statements: [drop(people), fill('people')] },
    ],
  });
  const tables = [...works.values()].map(({ statements }) => statements.map((of) => of.tables));
  expect(tables).toEqual([
    [[], [], ['users']],
    [['users'], ['People'], []],
    [[], []],
  ]);
  expect(touchedTables(works.values()).sort()).toEqual(['People', 'users']);
});
