import * as z from 'zod';
import { TENANT_STATUSES } from '../tenant.ts';

/** The steps of the states that a failure undoes, in their order. */
export const PROVISION_STATE_STEPS = [
  'account',
  'database',
  'rights',
  'migrations',
  'activation',
] as const;

const stepTimeSchema = z.object({
  step: z.enum(['claim', ...PROVISION_STATE_STEPS]),
  /** From the state's beginning, so that its retries count. */
  durationMs: z.number().min(0),
  /** `false` if an earlier attempt had done it already. */
  done: z.boolean(),
});

/** The progress of a tenant; it is passed from state to state and is the output of an execution. */
export const provisionProgressSchema = z.object({
  tenantId: z.string(),
  slug: z.string(),
  status: z.enum(TENANT_STATUSES),
  steps: z.array(stepTimeSchema),
  /** Migrations applied. */
  applied: z.int().min(0),
  /** Whether the migrations were paused and continue in another invocation. */
  paused: z.boolean(),
  /** Whether the database was taken from the pool; absent if the pool was not asked. */
  fromPool: z.boolean().optional(),
});

/** When the state was entered, by the context object: ISO 8601, UTC. */
const enteredAt = z.iso.datetime({ offset: true });
const redriveCount = z.int().min(0);

/** Of the state ClaimTenant. `request` is the execution's input, as it came. */
const claimEventSchema = z.object({ step: z.literal('claim'), request: z.unknown(), enteredAt });

/** Of the states that do one step for a tenant that was claimed. */
const stepEventSchema = z.object({
  step: z.enum(PROVISION_STATE_STEPS),
  progress: provisionProgressSchema,
  enteredAt,
});

/** Of the state FailTenant. */
const failEventSchema = z.object({
  step: z.literal('fail'),
  progress: provisionProgressSchema,
  failedStep: z.enum(PROVISION_STATE_STEPS),
  /** An error as Step Functions reports it. */
  error: z.object({ Error: z.string().optional(), Cause: z.string().optional() }),
  /** The number of redrives when the step failed, and now. */
  failedAt: redriveCount,
  redriveCount,
});

export const provisionEventSchema = z.discriminatedUnion('step', [
  claimEventSchema,
  stepEventSchema,
  failEventSchema,
]);

export type ProvisionEvent = z.infer<typeof provisionEventSchema>;
export type ProvisionProgress = z.infer<typeof provisionProgressSchema>;
export type ProvisionFailEvent = z.infer<typeof failEventSchema>;
