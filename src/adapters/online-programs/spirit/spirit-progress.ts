import type { ProgramProgress } from '../../../core/safety/online/online-program.ts';

/** Such as `migration status: state=copyRows copy-progress=12000/90000 13.30% binlog-deltas=0 …`, each 30 s. */
const STATUS = /migration status: state=(\w+)(?: (?:copy|checksum)-progress=(\d+)\/(\d+))?/;
const LEAST_SECONDS = 1;
const WORDS: Readonly<Record<string, string>> = {
  applyChangeset: 'applying changes',
  postChecksum: 'applying changes',
  analyzeTable: 'analyzing the copy',
  cutOver: 'swapping the tables',
};

/** Reads the lines of status of one Spirit. Returns `undefined` for any other line. */
export function spiritProgress(now: () => number): (line: string) => ProgramProgress | undefined {
  let first: { readonly at: number; readonly rows: number } | undefined;
  let last: ProgramProgress = { rowsDone: 0 };
  return (line) => {
    const [, state, done, expected] = STATUS.exec(line) ?? [];
    if (state === undefined) return undefined;
    if (state !== 'copyRows') {
      const compared = done === undefined ? '' : `comparing: ${done} of ${expected} rows`;
      return { ...last, rowsPerSecond: undefined, waits: WORDS[state] ?? compared };
    }
    const rowsDone = Number(done);
    // A resumed copy begins with the rows of earlier attempts, which say nothing about the present rate.
    first ??= { at: now(), rows: rowsDone };
    const seconds = (now() - first.at) / 1_000;
    last = {
      rowsDone,
      ...(Number(expected) > 0 && { rowsExpected: Number(expected) }),
      ...(seconds >= LEAST_SECONDS && {
        rowsPerSecond: Math.round((rowsDone - first.rows) / seconds),
      }),
    };
    return last;
  };
}
