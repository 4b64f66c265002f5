import { lateIds } from '../list/late-ids.ts';
import type { TenantDirectory } from '../ports.ts';
import type { RunRequest } from '../request.ts';
import type { RunStore, Wave } from '../run-store.ts';

/** Whether a run lists once more at its end: only a run over the whole fleet can have missed a tenant. */
export function listsLateTenants({
  command,
  tenants,
  retryOf,
}: Pick<RunRequest, 'command' | 'tenants' | 'retryOf'>): boolean {
  return command === 'migrate' && tenants === undefined && retryOf === undefined;
}

export interface LateWaveSources {
  readonly directory: Pick<TenantDirectory, 'listIds'>;
  readonly store: Pick<RunStore, 'readWave' | 'writeWave'>;
}

/**
 * Lists the tenants that became `ACTIVE` while a run was under way as one more wave of it.
 * `undefined` if there are none.
 */
export async function listLateWave(
  run: { readonly id: string; readonly request: Pick<RunRequest, 'hosts'> },
  waves: readonly Wave[],
  { directory, store }: LateWaveSources,
): Promise<Wave | undefined> {
  async function* listed(): AsyncGenerator<string, void, undefined> {
    for (const index of waves.keys()) yield* store.readWave(run.id, index + 1);
  }
  const ids = lateIds({
    count: waves.reduce((sum, { size }) => sum + size, 0),
    listed,
    now: () => directory.listIds({ status: 'ACTIVE', hosts: run.request.hosts }),
  });
  const size = await store.writeWave(run.id, waves.length + 1, ids);
  return size === 0 ? undefined : { size, canary: false, late: true };
}
