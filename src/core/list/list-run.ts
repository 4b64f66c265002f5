import type { TenantDirectory } from '../ports.ts';
import type { RunRecord, RunState, RunStore } from '../run-store.ts';
import { planWaves } from './plan-waves.ts';
import { resolveWaves } from './resolve-waves.ts';
import { selectTenants } from './select-tenants.ts';

export interface ListRunDependencies {
  readonly directory: Pick<TenantDirectory, 'count' | 'listIds' | 'findByIds' | 'findByNames'>;
  readonly store: RunStore;
}

/**
 * Creates a run, lists its tenants and writes its waves. A fault of the request is thrown before the run
 * exists; a store that cannot be written is detected before any tenant is touched.
 */
export async function listRun(
  run: RunRecord,
  dependencies: ListRunDependencies,
): Promise<RunState> {
  const list = await findTenants(run, dependencies);
  await dependencies.store.createRun(run);
  return list();
}

/** The same for a run that exists already. */
export async function listOpenedRun(
  run: RunRecord,
  dependencies: ListRunDependencies,
): Promise<RunState> {
  const list = await findTenants(run, dependencies);
  return list();
}

/** Determines the tenants of a run, or throws; the function that it returns writes the waves. */
async function findTenants(
  { id, request }: RunRecord,
  { directory, store }: ListRunDependencies,
): Promise<() => Promise<RunState>> {
  const selection = await selectTenants(request, { directory, store });
  const planned = await resolveWaves(request.waves, selection, directory);
  return async () => {
    const waves = await store.writeWaves(id, planWaves(planned, selection));
    // Last, so that a run that has a state has whole lists.
    const state: RunState = { status: 'running', waves, wavesEntered: 0 };
    await store.writeState(id, state);
    return state;
  };
}
