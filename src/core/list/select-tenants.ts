import { FanfoldError } from '../errors.ts';
import type { TenantDirectory } from '../ports.ts';
import { leftOfRun, tenantsOfCause } from '../reduce/left-of-run.ts';
import type { RunRequest } from '../request.ts';
import type { RunStore } from '../run-store.ts';
import { serverName, type Tenant } from '../tenant.ts';
import { inPages } from './in-pages.ts';
import { isOnHosts } from './is-on-hosts.ts';
import { resolveActive } from './resolve-active.ts';
import { type TenantList, tenantsOfRun } from './tenants-of-run.ts';

/** The tenants that a request means. Only names that were typed are kept in memory. */
export interface Selection {
  /** Their number; may take a pass over all of them. */
  count(): Promise<number>;
  /** Their ids in listing order. */
  ids(): AsyncIterable<string>;
  /** Which of these tenants belong to it, by id. */
  among(tenants: readonly Tenant[]): Promise<ReadonlySet<string>>;
}

export interface SelectionSources {
  readonly directory: Pick<TenantDirectory, 'count' | 'listIds' | 'findByIds' | 'findByNames'>;
  readonly store: Pick<
    RunStore,
    'readRun' | 'readState' | 'listRounds' | 'readOutcomes' | 'readWave'
  >;
}

type SelectionRequest = Pick<RunRequest, 'tenants' | 'retryOf' | 'cause' | 'run' | 'hosts'>;

/**
 * Finds the tenants that a request means: those that it names, those that an earlier run did not finish (all,
 * or those of one cause), those of the run to be rolled back, or every `ACTIVE` one. Throws before anything
 * is written if a name or the earlier run cannot be used.
 */
export async function selectTenants(
  request: SelectionRequest,
  { directory, store }: SelectionSources,
): Promise<Selection> {
  const { tenants, retryOf, cause, run, hosts } = request;
  if (tenants !== undefined && retryOf !== undefined) throw tenantsAndRetry();
  if (tenants !== undefined) return named(await resolveActive(directory, tenants), hosts);
  if (retryOf !== undefined) {
    const left =
      cause === undefined ? leftOfRun(store, retryOf) : tenantsOfCause(store, retryOf, cause);
    return onHosts(await left, hosts, directory);
  }
  if (run !== undefined) return onHosts(await tenantsOfRun(store, run), hosts, directory);
  return everyActive(directory, hosts);
}

function everyActive(
  directory: SelectionSources['directory'],
  hosts: RunRequest['hosts'],
): Selection {
  const filter = { status: 'ACTIVE', hosts } as const;
  return {
    count: () => directory.count(filter),
    ids: () => directory.listIds(filter),
    among: async (tenants) =>
      idSet(tenants.filter((one) => one.status === 'ACTIVE' && isOnHosts(one.address, hosts))),
  };
}

function named(selected: readonly Tenant[], hosts: RunRequest['hosts']): Selection {
  const elsewhere = selected.filter((tenant) => !isOnHosts(tenant.address, hosts));
  if (elsewhere.length > 0) throw tenantOffHosts(elsewhere, hosts ?? []);
  const members = idSet(selected);
  return {
    count: async () => selected.length,
    ids: async function* () {
      yield* members;
    },
    among: async (tenants) => idSet(tenants.filter(({ id }) => members.has(id))),
  };
}

/** The most ids in one look-up. */
const PAGE = 500;

/** The ids of a kept list whose tenants are on the hosts. */
function onHosts(
  list: TenantList,
  hosts: RunRequest['hosts'],
  directory: SelectionSources['directory'],
): Selection {
  async function* filtered(): AsyncGenerator<string, void, undefined> {
    for await (const page of inPages(list.ids(), PAGE)) {
      const tenants = await directory.findByIds(page);
      const elsewhere = idSet(tenants.filter((tenant) => !isOnHosts(tenant.address, hosts)));
      // A tenant that is gone stays in the list: the run reports it when its turn comes.
      yield* page.filter((id) => !elsewhere.has(id));
    }
  }
  const ids = hosts === undefined ? () => list.ids() : filtered;
  return {
    count: async () => (hosts === undefined ? list.count : countOf(ids())),
    ids,
    among: async (tenants) => {
      const asked = idSet(tenants);
      const members = new Set<string>();
      for await (const id of ids()) if (asked.has(id)) members.add(id);
      return members;
    },
  };
}

function idSet(tenants: readonly Tenant[]): Set<string> {
  return new Set(tenants.map(({ id }) => id));
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
}

function tenantsAndRetry(): FanfoldError {
  return new FanfoldError('RequestInvalid', '"tenants" and "retryOf" exclude each other.', {
    fault: 'usage',
    nextStep: 'Name the tenants, or the run whose rest is to be done, but not both.',
  });
}

function tenantOffHosts(tenants: readonly Tenant[], hosts: readonly string[]): FanfoldError {
  const where = tenants.map(({ slug, address }) => `"${slug}" (${serverName(address)})`);
  return new FanfoldError(
    'TenantOffHosts',
    `This run is for the hosts ${hosts.join(', ')} only, but not there: ${where.join(', ')}.`,
    { fault: 'usage', nextStep: 'Leave the tenant out, or add its host to "hosts".' },
  );
}
