import type { Teller } from '../notify/create-teller.ts';
import type { RunChangeFacts } from '../notify/run-change.ts';
import { reduceRun } from '../reduce/reduce-run.ts';
import type { Summary } from '../reduce/summary.ts';
import type { ApprovalDecision, HeldWave } from '../rollout/rollout.ts';
import { shortSummary } from '../run/short-summary.ts';
import type { RunState } from '../run-store.ts';
import { thrownText } from '../text/thrown-text.ts';
import type { ShortSummary } from '../wire/step-data.ts';
import { commandSpan } from '../wording/command-span.ts';
import type { ActiveRun } from './active-run.ts';

/** Tells that the run moves on from a wave, if it has several. Never fails the run. */
export async function tellWaveDone(run: ActiveRun, wave: number): Promise<void> {
  const { record, store, teller, emit } = run;
  const waves = run.waves.filter(({ late }) => late !== true);
  const done = waves[wave - 1];
  if (!teller.hasChannels || waves.length < 2 || done === undefined) return;
  const { id } = record;
  try {
    const { summary } = await reduceRun(store, id, run.waves);
    void teller.tell(
      {
        change: 'wave-done',
        wave,
        waves: waves.length,
        canary: done.canary,
        summary: shortSummary(summary, { runId: id, location: store.location(id) }),
      },
      { wave },
    );
  } catch (error) {
    const message = `Nobody was told that wave ${wave} is done: ${thrownText(error)}`;
    emit({ type: 'warning', runId: id, note: { code: 'NotificationFailed', message } });
  }
}

/** Tells that a wave waits. A receiver is notified of each wait once. */
export function tellHeld(run: ActiveRun, held: HeldWave): void {
  const { record, teller, rollout } = run;
  const waves = run.waves.filter(({ late }) => late !== true).length;
  const place = { wave: held.wave - 1, waves };
  const moment = { wave: held.wave, occurrence: rollout.now.decisions.length };
  const { gate, until, message } = held;
  switch (gate) {
    case 'bake':
      if (until !== undefined) void teller.tell({ change: 'baking', ...place, until }, moment);
      return;
    case 'window':
      void teller.tell({ change: 'waiting-for-window', ...place, until, reason: message }, moment);
      return;
    case 'approval': {
      const decide = (command: string) => commandSpan(command, record.id, '--why', '<reason>');
      const nextStep = `Approve or reject it: ${decide('approve')} or ${decide('reject')}`;
      void teller.tell({ change: 'waiting-for-approval', ...place, until, nextStep }, moment);
      return;
    }
    case 'watch':
      return;
  }
}

/** Tells that somebody has approved a wave. A rejection is part of the notification about the end of the run. */
export function tellApproved(run: ActiveRun, { wave, by, why }: ApprovalDecision): void {
  const waves = run.waves.filter(({ late }) => late !== true).length;
  const occurrence = run.rollout.now.decisions.length;
  void run.teller.tell(
    { change: 'resumed', wave: wave - 1, waves, by, reason: why },
    { wave, occurrence },
  );
}

/** The end of a run, as its files have it. */
interface RunEnd {
  readonly runId: string;
  readonly summary: Summary;
  readonly state: RunState;
  readonly location: string;
}

/** Tells the end of the run, and waits until each notification has been sent or given up. */
export async function tellRunEnd(
  teller: Teller,
  { runId, summary, state, location }: RunEnd,
): Promise<void> {
  const { stopped, status, wavesEntered } = state;
  const short = shortSummary(summary, { runId, location, stopped });
  const moment = { wave: wavesEntered };
  if (status === 'succeeded') {
    void teller.tell({ change: 'done', summary: short }, moment);
  } else {
    void teller.tell(endOf(state, runId, short), moment);
  }
  await teller.settled();
}

function endOf(
  { status, stopped, waves, wavesEntered }: RunState,
  runId: string,
  summary: ShortSummary,
): RunChangeFacts {
  const nextStep = `Retry with: ${commandSpan('migrate:retry', runId)}`;
  const reason = stopped?.message;
  if (stopped?.reason === 'halted') {
    const place = { wave: wavesEntered, waves: waves.filter(({ late }) => late !== true).length };
    return { change: 'held', ...place, reason: stopped.message, summary, nextStep };
  }
  if (stopped?.reason === 'rejected') {
    return { change: 'rejected', reason: stopped.message, summary, nextStep };
  }
  const change = status === 'interrupted' ? 'stopped' : 'failed';
  return { change, summary, reason, nextStep };
}
