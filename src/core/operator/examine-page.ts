import type { Bundle } from '../bundle/bundle.ts';
import { createExamineTenant, type ExamineTenantDependencies } from '../doctor/examine-tenant.ts';
import type { RepairDependencies } from '../doctor/repair-tenant.ts';
import { repairUntilWell } from '../doctor/repair-until-well.ts';
import { FanfoldError } from '../errors.ts';
import type { TenantDirectory } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';
import { fitPage, type PageLimits } from './fit-page.ts';
import { healthAfter, tokenOf } from './page-token.ts';
import { tenantsAfter } from './tenants-after.ts';

export interface ExaminePageDependencies
  extends Pick<ExamineTenantDependencies, 'inspect' | 'passwords'> {
  readonly directory: Pick<TenantDirectory, 'idsAfter' | 'findByIds'>;
  /** Absent if this function may only look. */
  readonly repairs?: Omit<RepairDependencies, 'accountsFrom'> | undefined;
  readonly bundle: Bundle;
  /** Milliseconds. */
  readonly now: () => number;
  readonly limits?: PageLimits | undefined;
}

/**
 * Examines the next tenants of a fleet or of a list, and repairs them on request. Throws the errors of the
 * central database; an error of a tenant is a finding.
 */
export async function examinePage(
  { hosts, concurrency, ids, page, fix, failedWith }: OperationRequest<'examine'>,
  dependencies: ExaminePageDependencies,
): Promise<OperationAnswer<'examine'>> {
  const { directory, inspect, passwords, repairs, bundle, now, limits } = dependencies;
  if (fix !== undefined && repairs === undefined) throw onlyLooks();
  const filter = { status: 'ACTIVE', hosts } as const;
  const health = healthAfter(page);
  const examineTenant = createExamineTenant({ inspect, passwords, health });
  const gone: string[] = [];
  const chosen =
    ids === undefined
      ? tenantsAfter(directory, filter, page?.after ?? '')
      : listed(directory, ids, page?.after, (id) => gone.push(id));
  const { items, last } = await fitPage(
    chosen,
    concurrency,
    async (tenant) => {
      const look = () => examineTenant(tenant, bundle);
      const examination = await look();
      if (fix === undefined || repairs === undefined) return { examination, done: [] };
      const { after, done } = await repairUntilWell(
        { tenant, examination, failedWith: failedWith?.[tenant.id] },
        { ...repairs, accountsFrom: fix.accountsFrom },
        look,
      );
      return { examination: after, done };
    },
    { now, limits },
  );
  return { examined: items, gone, next: tokenOf(last, health) };
}

/** The tenants of a list after one of them, in its order. Those without a row are reported on the first page. */
async function* listed(
  directory: Pick<TenantDirectory, 'findByIds'>,
  ids: readonly string[],
  after: string | undefined,
  onGone: (id: string) => void,
): AsyncGenerator<Tenant, void, undefined> {
  const left = after === undefined ? ids : ids.slice(ids.indexOf(after) + 1);
  const rows = await directory.findByIds(left);
  const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
  if (after === undefined) for (const id of ids) if (!byId.has(id)) onGone(id);
  yield* left.map((id) => byId.get(id)).filter((tenant) => tenant !== undefined);
}

function onlyLooks(): FanfoldError {
  return new FanfoldError('EventInvalid', 'This function only looks at tenants; it repairs none.', {
    fault: 'configuration',
    nextStep: 'Use `fanfold migrate:doctor <tenant> --fix --aws <stack>`, which calls another one.',
  });
}
