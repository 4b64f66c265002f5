import type { Bundle } from '../bundle/bundle.ts';
import { checkAddress } from '../migrate/check-address.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { PasswordOpener } from '../ports.ts';
import { serverName, type Tenant, type TenantRef, tenantRef } from '../tenant.ts';
import { type Check, ok } from './check.ts';
import { checkLocks } from './check-locks.ts';
import { checkMigrations } from './check-migrations.ts';
import { checkPrivileges } from './check-privileges.ts';
import { checkServer } from './check-server.ts';
import type { InspectDatabase } from './database-facts.ts';

/** What a look at one tenant came to. */
export interface Examination {
  readonly tenant: TenantRef;
  /** `unwell`: at least one check is `wrong`. */
  readonly status: 'well' | 'unwell';
  /** In the order of `CHECK_NAMES`. Of a tenant that cannot be reached nothing more is known. */
  readonly checks: readonly Check[];
}

/** Looks at one tenant. Never throws: what is wrong is what it is for. */
export type ExamineTenant = (tenant: Tenant, bundle: Bundle) => Promise<Examination>;

export interface ExamineTenantDependencies {
  readonly inspect: InspectDatabase;
  readonly passwords: PasswordOpener;
}

/** Makes the function that looks at one tenant and changes nothing. */
export function createExamineTenant(dependencies: ExamineTenantDependencies): ExamineTenant {
  return async (tenant, bundle) => {
    const checks = [...checkStatus(tenant), ...(await lookInside(tenant, bundle, dependencies))];
    const isUnwell = checks.some(({ status }) => status === 'wrong');
    return { tenant: tenantRef(tenant), status: isUnwell ? 'unwell' : 'well', checks };
  };
}

/** Only where there is something to say: a run leaves such a tenant out, and nothing is wrong with that. */
function checkStatus({ slug, status }: Tenant): Check[] {
  if (status === 'ACTIVE') return [];
  return [
    {
      name: 'tenant',
      status: 'note',
      code: 'TenantNotActive',
      message: `It is ${status}; only ACTIVE tenants are migrated.`,
      nextStep: `When it is ready: npm run tenant:status ${slug} ACTIVE`,
    },
  ];
}

async function lookInside(
  tenant: Tenant,
  bundle: Bundle,
  { inspect, passwords }: ExamineTenantDependencies,
): Promise<Check[]> {
  const { address } = tenant;
  const secrets: string[] = [];
  try {
    checkAddress(address);
    const password = await passwords.open(tenant);
    secrets.push(password);
    const facts = await inspect({ ...address, password });
    return [
      ok('reachable', `${serverName(address)} as ${address.user}`),
      ...checkServer(facts),
      checkPrivileges(facts, address),
      ...checkLocks(facts),
      ...checkMigrations(facts, bundle),
    ];
  } catch (error) {
    const { code, message, nextStep } = failureOf(error, secrets);
    return [{ name: 'reachable', status: 'wrong', code, message, nextStep }];
  }
}
