import { isFanfoldError } from '../errors.ts';
import type { RunChangeFacts } from '../notify/run-change.ts';
import type { RunRecord } from '../run-store.ts';
import type { EndedExecution, Executions, SendNotification, StepRunStore } from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface TellEndDependencies {
  readonly store: Pick<StepRunStore, 'readRun' | 'markEnd'>;
  readonly executions: Pick<Executions, 'describeEnd'>;
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Tells the end of an execution that Step Functions reports and no state has told: it was stopped, took too long, or
 * failed in a state that is not about tenants. An end that a state or the closing of the run has told is left out, and
 * so is an execution that was redriven since.
 */
export async function tellEnd(
  {
    execution: { arn, name },
  }: { readonly execution: { readonly arn: string; readonly name: string } },
  { store, executions, notify, now }: TellEndDependencies,
): Promise<{ readonly told: boolean }> {
  const end = await executions.describeEnd(arn);
  if (end === undefined) return { told: false };
  const run = await runIfOpened(store, name);
  // A run that was not opened has nothing that could have told its end.
  if (run !== undefined && (await store.markEnd(name, end.redriveCount, 'event')) !== 'event') {
    return { told: false };
  }
  const command = run?.request.command ?? commandOf(end.input);
  const moment = { redriveCount: end.redriveCount };
  await tellState({ arn, name }, { command }, factsOf(end, name), moment, { notify, now });
  return { told: command !== 'plan' };
}

function factsOf(end: EndedExecution, runId: string): RunChangeFacts {
  const again = `Press Redrive in the console, which continues the run, or start a new one: \`fanfold migrate:retry ${runId} --aws <stack>\`.`;
  switch (end.status) {
    case 'ABORTED': {
      const why = end.cause === '' ? '' : ` The reason given: ${end.cause}`;
      const reason = `Somebody stopped its execution. Tenants that were being migrated may still finish.${why}`;
      const nextStep = `\`fanfold stop ${runId} --aws <stack>\` makes its summary and report. ${again}`;
      return { change: 'stopped', reason, nextStep };
    }
    case 'TIMED_OUT': {
      const reason =
        'Step Functions ended its execution, which took longer than it may (runTimeout).';
      return { change: 'failed', reason, nextStep: again };
    }
    case 'FAILED': {
      const reason = `Its execution failed: ${end.error}: ${end.cause}`;
      return { change: 'failed', reason, nextStep: again };
    }
  }
}

async function runIfOpened(
  store: Pick<StepRunStore, 'readRun'>,
  runId: string,
): Promise<RunRecord | undefined> {
  try {
    return await store.readRun(runId);
  } catch (error) {
    if (isFanfoldError(error) && error.code === 'RunUnknown') return undefined;
    throw error;
  }
}

/** Of an input that was never read, and may be anything. */
function commandOf(input: string): 'migrate' | 'plan' | 'rollback' {
  try {
    const { command } = JSON.parse(input) as { readonly command?: unknown };
    return command === 'plan' || command === 'rollback' ? command : 'migrate';
  } catch {
    return 'migrate';
  }
}
