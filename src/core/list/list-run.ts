import type { RunRecord, RunStore, TenantDirectory, Wave } from '../ports.ts';
import { planWaves } from './plan-waves.ts';
import { resolveWaves } from './resolve-waves.ts';
import { selectTenants } from './select-tenants.ts';

export interface ListRunDependencies {
  readonly directory: Pick<TenantDirectory, 'count' | 'listIds' | 'findByIds' | 'findByNames'>;
  readonly store: RunStore;
}

/**
 * Lists the tenants of a run and writes its waves. What is wrong with the request is thrown before
 * the run exists; a store that cannot be written is found out before any tenant is touched.
 */
export async function listRun(
  run: RunRecord,
  { directory, store }: ListRunDependencies,
): Promise<readonly Wave[]> {
  const selection = await selectTenants(run.request, { directory, store });
  const planned = await resolveWaves(run.request.waves, selection, directory);
  await store.createRun(run);
  const waves = await store.writeWaves(run.id, planWaves(planned, selection));
  await store.writeState(run.id, { status: 'running', waves, wavesEntered: 0 });
  return waves;
}
