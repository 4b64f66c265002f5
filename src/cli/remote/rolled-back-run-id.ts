import type { App } from '../app.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { findRemoteRun } from './find-remote-run.ts';

/**
 * The id of the run of a stack to roll back: for `last` the newest that migrated, for an ARN its id. Any other
 * name is not checked here: the rollback itself checks it, and can find a run that is still in the run store
 * but no longer known to Step Functions.
 */
export async function rolledBackRunId(
  { wiring }: App<RemoteWiring>,
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
