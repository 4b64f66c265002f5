import { FanfoldError } from '../errors.ts';
import type { RunStore } from '../run-store.ts';

/** Tenants that a run has written down. */
export interface TenantList {
  readonly count: number;
  /** May be read more than once. */
  ids(): AsyncIterable<string>;
}

/**
 * The tenants that a run was about, as it listed them: no other can have its migrations, and only a tenant's
 * own database shows whether it has. Throws `RunUnknown`, `RunNotListed` if it ended before its tenants were
 * listed, and `RunAppliedNothing` for a plan or a rollback.
 */
export async function tenantsOfRun(
  store: Pick<RunStore, 'readRun' | 'readState' | 'readWave'>,
  runId: string,
): Promise<TenantList> {
  const { request } = await store.readRun(runId);
  if (request.command !== 'migrate') throw runAppliedNothing(runId, request.command);
  const { waves } = await store.readState(runId);
  return {
    count: waves.reduce((sum, { size }) => sum + size, 0),
    async *ids() {
      for (const index of waves.keys()) yield* store.readWave(runId, index + 1);
    },
  };
}

function runAppliedNothing(runId: string, command: 'plan' | 'rollback'): FanfoldError {
  return new FanfoldError(
    'RunAppliedNothing',
    command === 'plan'
      ? `Run "${runId}" was a plan: it applied nothing that could be rolled back.`
      : `Run "${runId}" was a rollback itself: it applied nothing that could be rolled back.`,
    {
      fault: 'usage',
      nextStep:
        command === 'plan'
          ? 'Name a run that migrated.'
          : 'To apply again what it rolled back: `fanfold migrate:all-tenants`',
    },
  );
}
