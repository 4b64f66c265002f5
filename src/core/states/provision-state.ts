import { FanfoldError } from '../errors.ts';
import { type Failure, fingerprint } from '../failure.ts';
import { beginProvisioning } from '../provision/begin-provisioning.ts';
import { type ProvisionStep, provisionStep } from '../provision/provision-step.ts';
import { askPool, failProvisioning } from '../provision/provision-tenant.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { Tenant } from '../tenant.ts';
import { STEP_UNAVAILABLE, TENANT_PROVISIONING_FAILED } from '../wire/error-names.ts';
import { migratorFailure } from '../wire/migrator-failure.ts';
import { parseProvisionRequest } from '../wire/provision-request.ts';
import type {
  ProvisionEvent,
  ProvisionFailEvent,
  ProvisionProgress,
} from '../wire/provision-schemas.ts';

/** The result of a state: the tenant's progress or, after a redrive, that it begins again. */
export type ProvisionStateResult = ProvisionProgress | { readonly again: true };

/**
 * One state of ProvisionTenant. Everything that the states share is in the central database and on
 * the tenant's server, so that each may run twice, and an execution can resume where another one ended.
 *
 * Throws `FanfoldError`s: those that are `retryable` are for the state to be tried again. The state
 * FailTenant always throws, `TenantProvisioningFailed`, unless the execution was redriven since: then
 * an operator has pressed Redrive to try the tenant again.
 */
export async function provisionState(
  event: ProvisionEvent,
  provisioning: Provisioning,
): Promise<ProvisionStateResult> {
  switch (event.step) {
    case 'claim': {
      const request = parseProvisionRequest(event.request);
      const id =
        'tenantId' in request ? request.tenantId : await beginProvisioning(request, provisioning);
      const at = { id, enteredAt: event.enteredAt };
      const fromPool = await askPool(id, provisioning);
      const before = fromPool === undefined ? NOTHING : { ...NOTHING, fromPool: false };
      return fromPool?.tenant === undefined
        ? advance('claim', before, at, provisioning)
        : handedOut(fromPool.tenant, at, provisioning);
    }
    case 'fail':
      return fail(event, provisioning);
    default: {
      const { step, progress, enteredAt } = event;
      return advance(step, progress, { id: progress.tenantId, enteredAt }, provisioning);
    }
  }
}

const NOTHING = { steps: [], applied: 0 };

interface Moment {
  readonly id: string;
  readonly enteredAt: string;
}

/** The progress of a tenant that has a database of the pool, and is ACTIVE. */
function handedOut(
  { slug, status }: Tenant,
  { id, enteredAt }: Moment,
  { clock }: Provisioning,
): ProvisionProgress {
  const durationMs = Math.max(0, clock.now() - Date.parse(enteredAt));
  const steps = [{ step: 'claim' as const, durationMs, done: true }];
  return { tenantId: id, slug, status, steps, applied: 0, paused: false, fromPool: true };
}

async function advance(
  step: ProvisionStep,
  before: Pick<ProvisionProgress, 'steps' | 'applied' | 'fromPool'>,
  { id, enteredAt }: Moment,
  provisioning: Provisioning,
): Promise<ProvisionProgress> {
  const {
    tenant,
    done,
    applied = [],
    paused = false,
  } = await provisionStep(step, id, provisioning);
  // Two clocks: Step Functions' own and that of the function.
  const durationMs = Math.max(0, provisioning.clock.now() - Date.parse(enteredAt));
  const earlier = before.steps.find((one) => one.step === step);
  const time = {
    step,
    durationMs: durationMs + (earlier?.durationMs ?? 0),
    done: done || earlier?.done === true,
  };
  return {
    tenantId: id,
    slug: tenant.slug,
    status: tenant.status,
    steps: [...before.steps.filter((one) => one !== earlier), time],
    applied: before.applied + applied.length,
    paused,
    ...(before.fromPool !== undefined && { fromPool: before.fromPool }),
  };
}

async function fail(
  { progress, failedStep, error, failedAt, redriveCount }: ProvisionFailEvent,
  provisioning: Provisioning,
): Promise<ProvisionStateResult> {
  if (redriveCount > failedAt) return { again: true };
  const { tenantId, slug } = progress;
  const failure = failureOfState(error);
  const left = await failProvisioning(tenantId, failure, provisioning);
  const what = `"${slug}" could not be provisioned, in the step ${failedStep}: ${failure.code}: ${failure.message}`;
  // A server that does not answer now may do so in a minute, and then nothing remains.
  const retryable = left?.retryable === true;
  const rest =
    left === undefined
      ? 'It is FAILED, and its user and its database were removed.'
      : `Its user or its database may be left behind: ${left.code}: ${left.message} ${left.nextStep}`;
  throw new FanfoldError(TENANT_PROVISIONING_FAILED, `${what} ${rest}`, {
    fault: 'tenant',
    retryable,
    nextStep: 'Fix the cause, then provision the tenant again.',
  });
}

/** The error with which a state failed, as a function or Lambda itself reported it to Step Functions. */
function failureOfState({
  Error: name = '',
  Cause: cause = '',
}: ProvisionFailEvent['error']): Failure {
  const words = errorMessage(cause);
  if (words === undefined || /^(Lambda|Runtime|Sandbox|States)\./.test(name)) {
    return migratorFailure({ error: name, cause, timedOut: false });
  }
  // A failure that may pass has the name that the state machine retries.
  const [, ownCode, rest] = /^([A-Z]\w+): (.*)$/s.exec(words) ?? [];
  const [code, message] =
    name === STEP_UNAVAILABLE && ownCode !== undefined ? [ownCode, rest ?? ''] : [name, words];
  return { code, message, nextStep: '', retryable: false, fingerprint: fingerprint({ code }) };
}

/** Lambda wraps an error in JSON. */
function errorMessage(cause: string): string | undefined {
  try {
    const { errorMessage: message } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
