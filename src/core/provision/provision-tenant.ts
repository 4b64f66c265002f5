import { FanfoldError } from '../errors.ts';
import type { Failure, OwnFailure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { fullJitter } from '../migrate/full-jitter.ts';
import { TenantMigrationError } from '../migrate/tenant-migration-error.ts';
import type { AppliedMigration, Note } from '../outcome.ts';
import { takeFromPool } from '../pool/take-from-pool.ts';
import { serverName, type Tenant } from '../tenant.ts';
import { clearAway } from './clear-away.ts';
import {
  PROVISION_STEPS,
  type ProvisionStep,
  provisionStep,
  type StepResult,
} from './provision-step.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';

/** The time that one step took, its retries included. */
export interface StepTime {
  readonly step: ProvisionStep;
  readonly durationMs: number;
  /** `false` if an earlier attempt had done it already. */
  readonly done: boolean;
}

/** The outcome of provisioning a tenant. */
export type ProvisionOutcome =
  | {
      readonly status: 'active' | 'interrupted';
      readonly tenant: Tenant;
      readonly steps: readonly StepTime[];
      readonly applied: readonly AppliedMigration[];
      /** Whether the database was made from a snapshot, and if not, why. */
      readonly notes: readonly Note[];
    }
  | {
      readonly status: 'failed';
      readonly tenantId: string;
      /** Absent if the provisioning could not begin: the tenant's row is as it was. */
      readonly tenant?: Tenant | undefined;
      readonly steps: readonly StepTime[];
      readonly failedStep: ProvisionStep;
      readonly failure: OwnFailure;
      /** The reason for which database or user may remain, if they could not be removed. */
      readonly leftBehind?: Failure | undefined;
    };

/** Called when a step begins. */
export type StepObserver = (step: ProvisionStep, tenant: Tenant | undefined) => void;

/**
 * Takes a tenant from its row to ACTIVE. Steps that an earlier attempt has done are not repeated.
 * Expected failure is data: the tenant is FAILED then, its row has the reason, and what was made for it is
 * removed. Once the signal is aborted no further step begins, and the migrations may be paused; the tenant stays
 * PROVISIONING and resumes with the next call.
 */
export async function provisionTenant(
  tenantId: string,
  provisioning: Provisioning,
  signal: AbortSignal,
  observe: StepObserver = () => {},
): Promise<ProvisionOutcome> {
  const steps: StepTime[] = [];
  let applied: readonly AppliedMigration[] = [];
  let notes: readonly Note[] = [];
  let tenant: Tenant | undefined;
  let paused = false;
  const startedAt = provisioning.clock.now();
  const fromPool = await askPool(tenantId, provisioning);
  if (fromPool?.tenant !== undefined) {
    const durationMs = provisioning.clock.now() - startedAt;
    return {
      ...{ status: 'active', tenant: fromPool.tenant, applied, notes: [fromPool.note] },
      steps: [{ step: 'claim', durationMs, done: true }],
    };
  }
  for (const step of PROVISION_STEPS) {
    if (signal.aborted && tenant !== undefined) {
      return { status: 'interrupted', tenant, steps, applied, notes };
    }
    observe(step, tenant);
    const startedAt = provisioning.clock.now();
    try {
      const result = await stepWithRetries(step, tenantId, provisioning, signal);
      tenant = result.tenant;
      applied = result.applied ?? applied;
      notes = result.notes ?? notes;
      paused = result.paused === true;
      const durationMs = provisioning.clock.now() - startedAt;
      steps.push({ step, durationMs, done: result.done });
    } catch (error) {
      const failure = failureOfStep(error);
      const claimed = tenant;
      const leftBehind = claimed && (await failProvisioning(claimed.id, failure, provisioning));
      return { status: 'failed', tenantId, tenant, steps, failedStep: step, failure, leftBehind };
    }
    if (tenant.status === 'ACTIVE') break;
    if (paused) return { status: 'interrupted', tenant, steps, applied, notes };
  }
  if (tenant === undefined) throw new TypeError('Provisioning has no steps.');
  if (fromPool !== undefined) notes = [...notes, fromPool.note];
  return { status: 'active', tenant, steps, applied, notes };
}

/**
 * Sets a tenant that is PROVISIONING to FAILED, with the cause in its row, and removes everything that was
 * made for it. Does nothing to a tenant that is ACTIVE by now. Never throws: if something could not be
 * removed, it returns the failure; the next attempt removes it, or {@link undoProvisioning}.
 */
export async function failProvisioning(
  tenantId: string,
  failure: Failure,
  provisioning: Provisioning,
): Promise<Failure | undefined> {
  const { registry } = provisioning;
  let row: ProvisioningRow | undefined;
  try {
    await registry.fail(tenantId, `${failure.code}: ${failure.message}`);
    row = await registry.read(tenantId);
    // It may have been FAILED before, by a call that came no further.
    if (row?.tenant.status !== 'FAILED' || row.mark === null) return undefined;
    await clearAway(row.tenant, row.mark, provisioning);
    return undefined;
  } catch (error) {
    // Nothing has been made, except a user without any rights if a process was killed.
    if (row?.mark === 'claimed') return undefined;
    return failureOfStep(error);
  }
}

/** The result of asking the pool for a database: a note, and the tenant if it got one. */
export interface FromPool {
  readonly note: Note;
  readonly tenant?: Tenant | undefined;
}

/**
 * Gives the tenant a database of the pool if there is a pool, and one of its databases fits. `undefined` if the tenant is
 * not for the pool. Whatever is wrong with the pool, the tenant gets a database of its own: never throws.
 */
export async function askPool(
  tenantId: string,
  provisioning: Provisioning,
): Promise<FromPool | undefined> {
  const { pool } = provisioning;
  if (pool === undefined) return undefined;
  try {
    if (!(await pool.exists())) return undefined;
    const answer = await takeFromPool(tenantId, provisioning, pool);
    if (answer === undefined) return undefined;
    const { tenant } = answer;
    if (answer.taken) {
      return {
        tenant,
        note: { code: 'FromPool', message: 'The database was taken from the pool.' },
      };
    }
    const server = serverName(tenant.address);
    return {
      note: { code: 'PoolEmpty', message: `The pool of ${server} had no database that fits.` },
    };
  } catch (error) {
    const message = `The pool could not be asked: ${failureOf(error).message}`;
    return { note: { code: 'PoolEmpty', message } };
  }
}

async function stepWithRetries(
  step: ProvisionStep,
  tenantId: string,
  provisioning: Provisioning,
  signal: AbortSignal,
): Promise<StepResult> {
  const { retry, clock, random } = provisioning;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await provisionStep(step, tenantId, provisioning);
    } catch (error) {
      const isTransient = error instanceof FanfoldError && error.retryable;
      if (!isTransient || attempts >= retry.attempts || signal.aborted) throw error;
      await clock.sleep(fullJitter(attempts, retry, random), signal);
    }
  }
}

function failureOfStep(error: unknown): OwnFailure {
  return error instanceof TenantMigrationError ? error.failure : failureOf(error);
}
