import type { App } from '../app.ts';
import { findRemoteRun } from './find-remote-run.ts';

/**
 * The id of the run of a stack that is to be rolled back: the newest that migrates for `last`, and that
 * of an ARN. Any other name is taken as it is: whether there is such a run shows when the rollback is
 * opened, also for one that Step Functions has forgotten and the run store has not.
 */
export async function rolledBackRunId(
  { wiring }: App,
  name: string,
  stack: string,
): Promise<string> {
  if (name !== 'last' && !name.startsWith('arn:')) return name;
  const { id } = await findRemoteRun(await wiring.remote(stack), name, {
    command: 'migrate:rollback-run',
    only: ['migrate'],
  });
  return id;
}
