import type { ProgramProgress } from '../../../core/safety/online/online-program.ts';

/** Such as `Copy: 12000/90000 13.3%; Applied: 5; Backlog: 0/1000; …, State: migrating; ETA: 7s`. */
const STATUS = /^Copy: (\d+)\/(\d+) .*?State: (.+?); ETA: /;
const LEAST_SECONDS = 1;

/** Reads the lines of status of one gh-ost. Returns `undefined` for any other line. */
export function ghostProgress(now: () => number): (line: string) => ProgramProgress | undefined {
  let first: { readonly at: number; readonly rows: number } | undefined;
  return (line) => {
    const [, done, expected, state = ''] = STATUS.exec(line) ?? [];
    if (done === undefined) return undefined;
    const rowsDone = Number(done);
    // A resumed copy begins with the rows of earlier attempts, which say nothing about the present rate.
    first ??= { at: now(), rows: rowsDone };
    const seconds = (now() - first.at) / 1_000;
    const rate = Math.round((rowsDone - first.rows) / seconds);
    return {
      rowsDone,
      ...(Number(expected) > 0 && { rowsExpected: Number(expected) }),
      ...(seconds >= LEAST_SECONDS && { rowsPerSecond: rate }),
      ...(state !== 'migrating' && { waits: state }),
    };
  };
}
