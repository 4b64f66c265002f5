import { FanfoldError, isFanfoldError } from '../../core/errors.ts';
import { checkWaiting, decidedBefore } from '../../core/rollout/check-waiting.ts';
import type { ApprovalDecision, ApprovalStore } from '../../core/rollout/rollout.ts';
import type { RunStore } from '../../core/run-store.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { type DecideWiring, type Decision, noneWaits, tellDecision } from './decision.ts';

/** Longer reasons belong into a ticket, which the reason can name. */
const LONGEST_WHY = 1_000;

/**
 * Approves or rejects the next wave of a run. Throws `RunNotWaiting` or `ApprovalOver` (`usage`) if there is
 * nothing to decide, and `RequestInvalid` without a reason.
 */
export function decide(app: App<DecideWiring>, name: string, options: Decision): Promise<number> {
  const why = reasonOf(options.why);
  return usingScreen(app.host, async (screen) => {
    if (options.aws !== undefined) {
      const { decideRemotely } = await import('../remote/decide-remotely.ts');
      return decideRemotely(app, name, { ...options, aws: options.aws, why }, screen);
    }
    return decideHere(app, name, { ...options, why }, screen);
  });
}

async function decideHere(
  { wiring }: App<DecideWiring>,
  name: string,
  { verdict, why, ...options }: Decision,
  screen: Screen,
): Promise<number> {
  const store = await wiring.runStore(options);
  const runId = name === 'last' ? await newestWaiting(store) : (await store.readRun(name)).id;
  const held = checkWaiting({
    runId,
    rollout: await store.readRollout(runId),
    isOver: await isOver(store, runId),
    now: Date.now(),
    retry: commandSpan('migrate:retry', runId),
  });
  const decision: ApprovalDecision = {
    wave: held.wave,
    verdict,
    by: wiring.operator(),
    why,
    at: new Date().toISOString(),
  };
  const earlier = await store.readApproval(runId, held.wave);
  if (earlier !== undefined) throw decidedBefore(runId, earlier);
  const kept = await store.decideApproval(runId, decision);
  if (kept.at !== decision.at || kept.by !== decision.by) throw decidedBefore(runId, kept);
  tellDecision(screen, runId, decision);
  return EXIT.ok;
}

/** The newest run that waits for an approval. Throws `RunNotWaiting` if none does. */
async function newestWaiting(store: RunStore & ApprovalStore): Promise<string> {
  for (const id of await store.listRuns()) {
    const rollout = await store.readRollout(id);
    if (rollout?.held?.gate === 'approval' && !(await isOver(store, id))) return id;
  }
  throw noneWaits('');
}

async function isOver(store: Pick<RunStore, 'readState'>, runId: string): Promise<boolean> {
  try {
    return (await store.readState(runId)).status !== 'running';
  } catch (error) {
    // The first wave of a retry may wait before anything is known of its state.
    if (isFanfoldError(error) && error.code === 'RunNotListed') return false;
    throw error;
  }
}

function reasonOf(why: string): string {
  const reason = why.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (reason !== '' && reason.length <= LONGEST_WHY) return reason;
  throw new FanfoldError(
    'RequestInvalid',
    `The reason of --why has ${reason.length} characters; it must have 1 to ${LONGEST_WHY}.`,
    { fault: 'usage', nextStep: 'Say in a sentence why; it is kept with the run.' },
  );
}
