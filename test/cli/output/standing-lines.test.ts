import { describe, expect, it } from 'vitest';
import { plainLook } from '../../../src/cli/output/look.ts';
import { standingLines } from '../../../src/cli/output/standing-lines.ts';
import type { StatementStanding } from '../../../src/core/half-applied.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { HalfAppliedError } from '../../../src/core/migrate/half-applied-error.ts';

const statement = (number: number, more: Partial<StatementStanding> = {}): StatementStanding => ({
  number,
  text: `statement ${number}`,
  standing: 'applied',
  ...more,
});

describe('the table of statements', () => {
  it('the table of statements shows each state, the interrupted statement, and the current text of the file', () => {
    const lines = standingLines(
      [
        statement(1),
        statement(2, { leavesNothing: true }),
        statement(3, { standing: 'applied, by another text', stoppedHere: true, now: 'another' }),
        statement(4, { standing: 'not known' }),
        statement(1, { direction: 'down', standing: 'undone' }),
      ],
      plainLook,
    );
    expect(lines).toEqual([
      '      1  applied                   statement 1',
      '      2  leaves nothing            statement 2',
      ' ->   3  applied, by another text  statement 3',
      '         now                       another',
      '      4  not known                 statement 4',
      '    down   1  undone                    statement 1',
    ]);
  });

  it.each([0, 10, 30, 250, 499])(
    'the table of statements of a long migration keeps its ends and the neighbors of statement %i, and counts the rest',
    (at) => {
      const all = Array.from({ length: 500 }, (_, index) =>
        statement(index + 1, index === at ? { stoppedHere: true } : {}),
      );
      const { statements = [] } = failureOf(
        new HalfAppliedError('It stopped.', { migration: '1_a', statements: all }),
      );
      const numbers = statements.map(({ number }) => number);
      expect(numbers).toHaveLength(20);
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      for (const number of [1, 2, 499, 500, at + 1]) expect(numbers).toContain(number);
      const lines = standingLines(statements, plainLook);
      const left = lines.flatMap(
        (line) => /\.\.\. (\d+) more, not listed here/.exec(line)?.[1] ?? [],
      );
      expect(left.reduce((sum, count) => sum + Number(count), 0)).toBe(480);
      // It travels in an error's message on AWS, with the rest of the failure.
      expect(JSON.stringify(statements).length).toBeLessThan(4_000);
    },
  );
});
