import { FanfoldError } from '../../core/errors.ts';
import type { ApprovalDecision } from '../../core/rollout/rollout.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { RunStoreOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

/** The groups of the wiring that a decision takes. */
export type DecideWiring = ProcessWiring & RemoteWiring & RunsWiring;

/** A decision about a run that waits. */
export interface Decision extends RunStoreOptions {
  readonly verdict: 'approved' | 'rejected';
  readonly why: string;
  readonly aws?: string | undefined;
}

/** Prints what was decided, and what follows. */
export function tellDecision(
  screen: Screen,
  runId: string,
  { wave, verdict }: Pick<ApprovalDecision, 'wave' | 'verdict'>,
  stack?: string,
): void {
  const flags = stack === undefined ? [] : ['--aws', stack];
  if (verdict === 'approved') {
    screen.print([`✅ Wave ${wave} of run ${printable(runId)} is approved and begins.`]);
    return;
  }
  screen.print([`🛑 Wave ${wave} of run ${printable(runId)} is rejected; the run ends.`]);
  screen.note([`Roll back what it did: ${commandSpan('migrate:rollback-run', runId, ...flags)}`]);
}

/** No run of the store or the stack waits. */
export function noneWaits(flags: string): FanfoldError {
  return new FanfoldError('RunNotWaiting', 'No run waits for an approval.', {
    fault: 'usage',
    nextStep: `Name the run. List them: \`fanfold runs list${flags}\``,
  });
}
