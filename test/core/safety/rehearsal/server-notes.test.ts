import { expect, test } from 'vitest';
import { serverNotes } from '../../../../src/core/safety/rehearsal/server-notes.ts';

const MYSQL = {
  product: 'MySQL',
  isMariaDb: false,
  version: '9.7.4',
  number: 90_704,
  lowerCaseTableNames: 0,
} as const;

test('a scratch server like those of the fleet needs no word', () => {
  expect(serverNotes([MYSQL, MYSQL], MYSQL)).toEqual([]);
});

test('each other version or flavour is named once, with what it leaves uncertain', () => {
  const older = { ...MYSQL, version: '8.4.3' };
  const other = { ...MYSQL, product: 'MariaDB', isMariaDb: true, version: '10.11.14' };
  const notes = serverNotes([older, other, older], MYSQL);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toMatch(/has MySQL 8\.4\.3, and this is MySQL 9\.7\.4: verdicts and errors/);
  expect(notes[1]).toMatch(/MariaDB 10\.11\.14.* definitions, verdicts, errors and what a kill/);
});

test.each([
  [1, 0, /fails here, and may be right there/],
  [0, 1, /passes here, and may fail there/],
  [0, 2, /passes here, and may fail there/],
] as const)(
  'names that are folded by %i in the fleet and by %i here are a doubt',
  (fleet, own, words) => {
    const notes = serverNotes([{ ...MYSQL, lowerCaseTableNames: fleet }], {
      ...MYSQL,
      lowerCaseTableNames: own,
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(words);
  },
);
