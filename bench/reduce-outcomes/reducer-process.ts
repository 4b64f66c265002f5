import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXECUTION, ROUND } from './synthetic-run.ts';

// The bundled function in a separate process, since peak memory is counted by process.
// `process.argv[2]` is its folder.

/** Its result. */
export interface ReducerResult {
  readonly total: number;
  readonly failed: number;
  readonly causes: number;
  readonly seconds: number;
  /** Peak resident memory of the whole process, in MB. */
  readonly peakMb: number;
  readonly peakAtStartMb: number;
}

const peakMb = () => process.resourceUsage().maxRSS / 1_024;

const { handler } = await import(pathToFileURL(join(process.argv[2] ?? '', 'index.mjs')).href);
const peakAtStartMb = peakMb();
const startedAt = performance.now();
const { summary } = await handler(
  { execution: EXECUTION, round: ROUND, breakerTripped: false },
  { getRemainingTimeInMillis: () => 900_000 },
);
const result: ReducerResult = {
  total: summary.total,
  failed: summary.counts.failed,
  causes: summary.causes.length,
  seconds: (performance.now() - startedAt) / 1_000,
  peakMb: peakMb(),
  peakAtStartMb,
};
process.send?.(result);
process.disconnect();
