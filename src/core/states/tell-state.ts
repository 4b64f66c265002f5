import type { ChangeMoment, RunChangeFacts } from '../notify/run-change.ts';
import { runNotification } from '../notify/run-notification.ts';
import type { RunRequest } from '../request.ts';
import type { StepExecution } from '../wire/step-data.ts';
import type { SendNotification } from './step-ports.ts';

export interface TellStateDependencies {
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Tells a change of the run that an execution is. A plan has none to tell: it changes nothing. */
export async function tellState(
  { arn, name }: Pick<StepExecution, 'arn' | 'name'>,
  { command }: Pick<RunRequest, 'command'>,
  facts: RunChangeFacts,
  moment: ChangeMoment,
  { notify, now }: TellStateDependencies,
): Promise<void> {
  if (command === 'plan') return;
  // arn:aws:states:<region>:<account>:execution:<machine>:<name>
  const fleet = arn.split(':').at(-2);
  const run = { runId: name, command, fleet, executionArn: arn };
  await notify(runNotification(run, facts, moment, now()));
}
