import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { heartbeatLine } from '../../../src/cli/output/heartbeat.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import { createProgressMeter } from '../../../src/cli/output/progress.ts';
import { createRunningBoard } from '../../../src/cli/output/running-board.ts';
import { runningLines } from '../../../src/cli/output/running-lines.ts';
import { refOf } from '../../support/fleet.ts';

function boardAt() {
  const clock = { ms: 0 };
  return { clock, board: createRunningBoard(() => clock.ms) };
}

const wide = { ...plainLook, width: 120 };

describe('the longest-running tenants', () => {
  test('at most three tenants that have run for some seconds are shown, longest first', () => {
    const { clock, board } = boardAt();
    for (let number = 0; number < 5; number += 1) {
      clock.ms = number * 1_000;
      board.started(refOf(number));
    }
    clock.ms = 4_000;
    expect(runningLines(board, wide)).toEqual([]);
    clock.ms = 65_000;
    board.finished(refOf(0));
    expect(runningLines(board, wide)).toEqual([
      '  tenant-001  1 min 04 s',
      '  tenant-002  1 min 03 s',
      '  tenant-003  1 min 02 s',
    ]);
    expect(board.count).toBe(4);
  });

  test('a running tenant is shown with its statement, its progress and the session that blocks it', () => {
    const { clock, board } = boardAt();
    for (const number of [1, 2, 3]) board.started(refOf(number));
    clock.ms = 12_000;
    board.saw(refOf(1).id, { statement: 'alter table `a` add `b` int', percentage: 41.9 });
    board.saw(refOf(2).id, {
      statement: 'drop table `a`',
      blockedBy: 'Locks are held by connection 42.',
    });
    board.saw(refOf(3).id, { statement: null });
    // Somebody who has ended meanwhile is not on the board again.
    board.saw(refOf(4).id, { statement: 'select 1' });
    expect(runningLines(board, wide)).toEqual([
      '  tenant-001  12 s  41%  alter table `a` add `b` int',
      '  tenant-002  12 s  drop table `a`',
      '    waits for a lock. Locks are held by connection 42.',
      '  tenant-003  12 s  between two statements',
    ]);
  });

  test('several backfills are summed up, with the time left, in 80 columns', () => {
    const { board } = boardAt();
    for (const number of [1, 2, 3]) {
      board.started(refOf(number));
      board.progressed(refOf(number), {
        ...{ migration: '20260101000000_fill', rowsChanged: 0, rowsDone: 200_000 * number },
        ...{ rowsExpected: 500_000_000, rowsPerSecond: 20_000 },
      });
    }
    const [first] = runningLines(board, { ...wide, width: 80 });
    expect(first).toBe(
      '  3 backfills: 1,200,000 of about 1,500,000,000 rows, 60,000/s, 6 h 56 min left',
    );
  });

  test('a tenant is shown with the rows that a program has copied, until its next statement runs', () => {
    const { clock, board } = boardAt();
    board.started(refOf(1));
    clock.ms = 12_000;
    const copied = { program: 'gh-ost', table: 'events', rowsDone: 500_000 };
    board.saw(refOf(1).id, { statement: null });
    board.progressed(refOf(1), { ...copied, rowsExpected: 2_000_000, rowsPerSecond: 50_000 });
    expect(runningLines(board, wide)).toEqual([
      '  tenant-001  12 s  gh-ost copies events: 500,000 of about 2,000,000 rows, 50,000/s, 30 s left',
    ]);
    expect(
      heartbeatLine(
        createProgressMeter(() => 0),
        board,
      ),
    ).toContain('gh-ost copies events');
    expect(board.backfills.running).toBe(0);
    board.progressed(refOf(1), { ...copied, waits: 'throttled, lag=2s' });
    expect(runningLines(board, wide)).toEqual([
      '  tenant-001  12 s  gh-ost copies events: 500,000 rows (throttled, lag=2s)',
    ]);
    board.saw(refOf(1).id, { statement: 'drop table `a`' });
    expect(runningLines(board, wide)).toEqual(['  tenant-001  12 s  drop table `a`']);
  });

  test('a tenant between two attempts is shown as waiting', () => {
    const { clock, board } = boardAt();
    board.started(refOf(1));
    clock.ms = 10_000;
    board.retried(refOf(1), 3_000);
    expect(runningLines(board, wide)).toEqual(['  tenant-001  10 s  next attempt in 3.0 s']);
    clock.ms = 14_000;
    expect(runningLines(board, wide)).toEqual(['  tenant-001  14 s']);
  });

  test.each([20, 40, 80])(
    'lines of running tenants fit into %i columns, whatever a server says',
    (width) => {
      const { clock, board } = boardAt();
      board.started({ ...refOf(1), slug: `evil\u001b[31m\n${'株'.repeat(40)}` });
      clock.ms = 10_000;
      board.saw(refOf(1).id, {
        statement: 'x'.repeat(500),
        blockedBy: `y\u0007 ${'word '.repeat(99)}`,
      });
      const lines = runningLines(board, { ...plainLook, width });
      expect(lines.length).toBeLessThanOrEqual(4);
      for (const line of lines) {
        expect(stringWidth(line)).toBeLessThan(width);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    },
  );
});

test('a log gets the progress once a minute', () => {
  const { clock, board } = boardAt();
  const meter = createProgressMeter(() => clock.ms);
  meter.start(500);
  for (let number = 0; number < 212; number += 1) meter.finished(number < 3);
  board.started(refOf(7));
  clock.ms = 45_000;
  expect(heartbeatLine(meter, board)).toBe(
    '⏳ 212 of 500 tenants done, 3 failed, 1 running (longest: tenant-007, 45 s)',
  );
});
