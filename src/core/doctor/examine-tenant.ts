import type { Bundle } from '../bundle/bundle.ts';
import { openLogin } from '../iam/open-login.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { HostHealth } from '../migrate/host-health.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { PasswordOpener } from '../ports.ts';
import type { ReplicaWatch } from '../replicas/replica-standing.ts';
import { serverName, type Tenant, type TenantRef, tenantRef } from '../tenant.ts';
import { commandSpan } from '../wording/command-span.ts';
import { shellWord } from '../wording/shell-word.ts';
import { type Check, ok } from './check.ts';
import { checkApplication } from './check-application.ts';
import { checkAppliedMigrations } from './check-applied-migrations.ts';
import { type BackfillsContext, checkBackfills, pendingBackfills } from './check-backfills.ts';
import { checkLocks } from './check-locks.ts';
import { checkOnlineChanges } from './check-online-changes.ts';
import { checkPrivileges } from './check-privileges.ts';
import { checkReplicas } from './check-replicas.ts';
import { checkServer } from './check-server.ts';
import type { InspectDatabase } from './database-facts.ts';
import { sparingDeadHosts } from './sparing-dead-hosts.ts';

/** The result of examining one tenant. */
export interface Examination {
  readonly tenant: TenantRef;
  /** `unwell`: at least one check is `wrong`. */
  readonly status: 'well' | 'unwell';
  /** In the order of `CHECK_NAMES`; a tenant that cannot be reached has only the first ones. */
  readonly checks: readonly Check[];
}

/** Examines one tenant. Never throws, because faults are its result. */
export type ExamineTenant = (tenant: Tenant, bundle: Bundle) => Promise<Examination>;

export interface ExamineTenantDependencies extends Pick<BackfillsContext, 'isPaused'> {
  readonly inspect: InspectDatabase;
  readonly passwords: PasswordOpener;
  /** The configured replicas of servers. Default: there are none. */
  readonly replicas?: ReplicaWatch | undefined;
  /** The servers as they were seen before. Default: none was. */
  readonly health?: HostHealth | undefined;
}

/**
 * Makes the function that examines one tenant and changes nothing. It remembers which database servers do not
 * answer, so that a fleet's doctor does not wait for them again and again.
 */
export function createExamineTenant({
  inspect,
  passwords,
  health,
  isPaused,
  replicas,
}: ExamineTenantDependencies): ExamineTenant {
  const spared = sparingDeadHosts(inspect, health);
  const dependencies = { inspect: spared, passwords, isPaused, replicas };
  return async (tenant, bundle) => {
    const checks = [...checkStatus(tenant), ...(await lookInside(tenant, bundle, dependencies))];
    const isUnwell = checks.some(({ status }) => status === 'wrong');
    return {
      tenant: tenantRef(tenant),
      status: isUnwell ? 'unwell' : 'well',
      checks: checks.map((check) => withSlug(check, tenant)),
    };
  };
}

/** The code that explains an error has no tenant: the commands are completed here. */
function withSlug(check: Check, { slug }: Tenant): Check {
  if (check.status === 'ok') return check;
  return { ...check, nextStep: check.nextStep.replaceAll('<tenant>', shellWord(slug)) };
}

/** Only if there is something to say: a run leaves such a tenant out, and nothing is wrong with that. */
function checkStatus({ slug, status }: Tenant): Check[] {
  if (status === 'ACTIVE') return [];
  return [
    {
      name: 'tenant',
      status: 'note',
      code: 'TenantNotActive',
      message: `It is ${status}; only ACTIVE tenants are migrated.`,
      nextStep: `When it is ready: ${commandSpan('tenant:status', slug, 'ACTIVE')}`,
    },
  ];
}

async function lookInside(
  tenant: Tenant,
  bundle: Bundle,
  { inspect, passwords, isPaused, replicas }: ExamineTenantDependencies,
): Promise<Check[]> {
  const secrets: string[] = [];
  try {
    const login = loginToMigrate(tenant);
    const { address } = login;
    const opened = await openLogin(login, passwords);
    secrets.push(opened.password);
    const facts = await inspect(opened, async (state) => {
      try {
        return await pendingBackfills(bundle, state);
      } catch {
        // A file that cannot be loaded is found again below, and the other facts are of use.
        return [];
      }
    });
    return [
      ok('reachable', `${serverName(address)} as ${address.user}`),
      ...checkServer(facts),
      checkPrivileges(facts, address),
      ...(await lookAtApplication(tenant, { inspect, passwords })),
      ...checkLocks(facts),
      ...checkAppliedMigrations(facts, bundle, tenant.slug),
      ...checkOnlineChanges(facts, bundle, tenant.slug),
      ...(await checkBackfills(facts, { bundle, slug: tenant.slug, isPaused })),
      ...(replicas === undefined
        ? []
        : checkReplicas(await replicas.read(address), replicas.maxLagSeconds)),
    ];
  } catch (error) {
    const { code, message, nextStep } = failureOf(error, secrets);
    return [{ name: 'reachable', status: 'wrong', code, message, nextStep }];
  }
}

/** The application's login, which has been checked already if it migrates as well. */
async function lookAtApplication(
  { id, address, encryptedPassword, migrationLogin }: Tenant,
  { inspect, passwords }: ExamineTenantDependencies,
): Promise<Check[]> {
  if (migrationLogin === undefined) return [];
  const secrets: string[] = [];
  try {
    const login = await openLogin({ id, address, encryptedPassword }, passwords);
    secrets.push(login.password);
    return [checkApplication(await inspect(login), address)];
  } catch (error) {
    const { code, message, nextStep } = failureOf(error, secrets);
    return [{ name: 'application', status: 'wrong', code, message, nextStep }];
  }
}
