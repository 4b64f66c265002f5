import { expect, it } from 'vitest';
import { coverageTable, type FileCoverage } from '../../scripts/coverage-table.ts';

function counts(covered: number, total: number): FileCoverage {
  const count = { covered, total };
  return { lines: count, branches: count, functions: count };
}

it('coverage is added up by the first folder, and rounded down', () => {
  const table = coverageTable([
    ['wire/b.ts', counts(999, 1_000)],
    ['list/a/deep.ts', counts(1, 2)],
    ['list/b.ts', counts(2, 2)],
    ['types.ts', counts(0, 0)],
  ]);
  expect(table.split('\n')).toEqual([
    '| folder | files | lines | branches | functions |',
    '| --- | ---: | ---: | ---: | ---: |',
    '| `.` | 1 | – | – | – |',
    '| `list/` | 2 | 75 % | 75 % | 75 % |',
    '| `wire/` | 1 | 99 % | 99 % | 99 % |',
    '| all | 4 | 99 % | 99 % | 99 % |',
  ]);
});
