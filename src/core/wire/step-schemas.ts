import * as z from 'zod';
import type { RunStop } from '../events.ts';
import { OUTCOME_STATUSES } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import { TENANT_STATUSES } from '../tenant.ts';
import { appliedMigrationSchema, leftOutSchema, noteSchema } from './outcome-schema.ts';
import { requestSchema } from './request-schema.ts';

/** The calling execution, as the context object describes it. */
export const executionSchema = z.object({
  arn: z.string().min(1),
  /** Its name is the run's id. */
  name: z.string().min(1),
  /** ISO 8601, UTC. */
  startedAt: z.string().min(1),
  /** The number of redrives; an API call may return a larger one. */
  redriveCount: z.int().min(0),
});

/**
 * The members of a round: a wave as it was listed, its retryable failures, all that the waves
 * entered so far leave, or the tenants that became ACTIVE since the run began.
 */
const ROUND_MEMBERS = ['wave', 'retryable', 'left', 'late'] as const;

export const roundSchema = z.object({
  /** From 1. */
  wave: z.int().min(1),
  /** From 1, without gaps within a wave. */
  round: z.int().min(1),
  members: z.enum(ROUND_MEMBERS),
  /** Automatic rounds so far, this one included, since a round that was not one. */
  automatic: z.int().min(0),
  /** Automatic rounds go over the waves from this one on: a wave does not try those before it again. */
  retriesFrom: z.int().min(1),
  /** Tenants outside of this round that count as failed: they use up what is tolerated. */
  failedElsewhere: z.int().min(0),
});

const counts = z.object(
  Object.fromEntries(OUTCOME_STATUSES.map((status) => [status, z.int().min(0)])) as Record<
    (typeof OUTCOME_STATUSES)[number],
    z.ZodInt
  >,
);

/** The part of a run that its execution shows; its size does not grow with the fleet. */
export const shortSummarySchema = z.object({
  runId: z.string(),
  /** One or two sentences. */
  message: z.string(),
  total: z.int().min(0),
  counts,
  /** Migrations applied. */
  applied: z.int().min(0),
  /** The most frequent causes of failure, at most five. */
  causes: z.array(
    z.object({
      tenants: z.int().min(1),
      code: z.string(),
      message: z.string(),
      nextStep: z.string(),
      /** At most three slugs. */
      examples: z.array(z.string()),
    }),
  ),
  notes: z.record(z.string(), z.int()),
  /** Addresses of the whole summary and of the report. */
  summary: z.string(),
  report: z.string(),
});

/** How long the execution may take, in seconds; absent in executions of an earlier deployment. */
const limitSeconds = z.int().min(1).optional();

/** The gates before a wave that is held, as they go from state to state. */
export const gateSchema = z.object({
  /** From 1. */
  wave: z.int().min(1),
  /** The state that is next; `open`: the wave begins. */
  next: z.enum(['bake', 'watch', 'window', 'approval', 'open']),
  /** The round that was settled last; absent before the first wave. */
  after: roundSchema.pick({ wave: true, round: true }).optional(),
  bakeMs: z.int().min(0),
  isWatched: z.boolean(),
  hasTimes: z.boolean(),
  needsApproval: z.boolean(),
  /** Since when the wave is held, ISO 8601, UTC. */
  since: z.string(),
  /** For the states that wait: how long, and until when. */
  seconds: z.int().min(0),
  until: z.string(),
  /** The output with which somebody has ended AwaitApproval. */
  approved: z.unknown(),
  /** The error with which AwaitApproval has ended, and how often the execution had been redriven by then. */
  refused: z
    .object({ error: z.string(), cause: z.string(), redriveCount: z.int().min(0) })
    .optional(),
});

/** Of the state OpenRun. `request` is the execution's input, as it came. */
export const openRunEventSchema = z.object({
  step: z.literal('open'),
  execution: executionSchema,
  request: z.unknown(),
  limitSeconds,
});
export const openRunResultSchema = z.object({
  /** `DONE`: another execution is running and the request says to leave it alone. */
  decision: z.enum(['RUN', 'HOLD', 'DONE']),
  message: z.string(),
  round: roundSchema,
  /** With `HOLD`: what holds the first wave. */
  gate: gateSchema.optional(),
});

/** Of the state ListTenants. */
export const listTenantsEventSchema = z.object({
  step: z.literal('list'),
  execution: executionSchema,
  round: roundSchema,
});
/** The part of a request that an attempt needs. */
export const itemRequestSchema = requestSchema
  .pick({
    command: true,
    rollback: true,
    to: true,
    run: true,
    steps: true,
    stepsOf: true,
    allowEmpty: true,
    strict: true,
    allowMissing: true,
    lockWaitTimeoutSeconds: true,
    statementTimeoutSeconds: true,
    maxPerHost: true,
  })
  // A redriven execution may carry the keys of another version.
  .strip();

/** That part of a request that was parsed before. */
export function itemRequestOf(request: RunRequest): z.infer<typeof itemRequestSchema> {
  return itemRequestSchema.parse(request);
}

/** The facts that every item of a round has in common; scalars only. */
export const itemRunSchema = z.object({
  runId: z.string(),
  bundleHash: z.string(),
  request: itemRequestSchema,
});
export const listTenantsResultSchema = z.object({
  /** `REDUCE`: nobody is left to attempt in this round, but there is something to fold. */
  decision: z.enum(['RUN', 'REDUCE']),
  round: roundSchema,
  run: itemRunSchema,
  map: z.object({
    /** Key of the items' file. */
    itemsKey: z.string(),
    /** Prefix of the result files, never that of another round. */
    resultsPrefix: z.string(),
    maxConcurrency: z.int().min(1),
    /** The number of items if all failures are tolerated. */
    toleratedFailureCount: z.int().min(0),
  }),
  /** Absent if nobody is asked before the Map. */
  probe: z
    .object({
      /** Prefix of the result files. */
      resultsPrefix: z.string(),
      /** Batches at a time. */
      maxConcurrency: z.int().min(1),
      /** Tenants that a batch asks at a time, and those on one server. */
      atATime: z.int().min(1),
      perHost: z.int().min(1),
    })
    .optional(),
});

/** A line of the items' file. Passwords are ciphertext; the line expires soon after its round. */
export const roundItemSchema = z.object({
  wave: z.int().min(1),
  position: z.int().min(0),
  tenant: z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    status: z.enum(TENANT_STATUSES),
    address: z.object({
      host: z.string(),
      port: z.int(),
      database: z.string(),
      user: z.string(),
    }),
    encryptedPassword: z.string(),
    migrationLogin: z.object({ user: z.string(), encryptedPassword: z.string() }).optional(),
  }),
  /** The results of earlier rounds. */
  before: z
    .object({
      tries: z.int().min(0),
      durationMs: z.number(),
      applied: z.array(appliedMigrationSchema),
      reverted: z.array(appliedMigrationSchema).optional(),
      leftOut: leftOutSchema.optional(),
      notes: z.array(noteSchema),
    })
    .optional(),
});

/** The progress of a tenant whose migration continues in another invocation. */
export const continuationSchema = z.object({
  /** When its first invocation began, ISO 8601, UTC. */
  since: z.string(),
  tries: z.int().min(0),
  durationMs: z.number(),
  applied: z.array(appliedMigrationSchema),
  reverted: z.array(appliedMigrationSchema).optional(),
  leftOut: leftOutSchema.optional(),
  notes: z.array(noteSchema),
});

/** Of the state WarmUp. */
export const warmUpEventSchema = z.object({ step: z.literal('warm') });
export const warmUpResultSchema = z.object({ status: z.literal('warm') });

/** Of the state ProbeBatch: some hundred tenants, whose passwords are opened one by one. */
export const probeTenantsEventSchema = z.object({
  step: z.literal('probe'),
  run: itemRunSchema,
  items: z.array(roundItemSchema),
  atATime: z.int().min(1),
  perHost: z.int().min(1),
});

/** Of the state DropUnchanged; the result is that of ListTenants, with fewer items. */
export const dropUnchangedEventSchema = z.object({
  step: z.literal('drop-unchanged'),
  execution: executionSchema,
  round: roundSchema,
  run: itemRunSchema,
  map: listTenantsResultSchema.shape.map,
});

/** Of the state MigrateTenant. */
export const migrateTenantEventSchema = z.object({
  /** Absent in an execution that was started before there was a state WarmUp. */
  step: z.literal('migrate').optional(),
  run: itemRunSchema,
  item: roundItemSchema,
  /** Attempts of the state that failed before, by the context object's `State.RetryCount`. */
  retryCount: z.int().min(0),
  continuation: continuationSchema.nullish(),
});
/**
 * The result is the tenant's outcome, or this: the state machine waits and invokes the function again
 * with the continuation. A failed tenant is thrown, so that its child execution fails.
 */
export const migrateTenantContinueSchema = z.object({
  status: z.literal('continue'),
  waitSeconds: z.int().min(1),
  continuation: continuationSchema,
});

/** Of the state ReduceOutcomes. */
export const reduceOutcomesEventSchema = z.object({
  execution: executionSchema,
  round: roundSchema,
  /** Whether more tenants failed than are tolerated, so that the Map was cut short. */
  breakerTripped: z.boolean(),
});
export const reduceOutcomesResultSchema = z.object({
  round: roundSchema,
  breakerTripped: z.boolean(),
  summary: shortSummarySchema,
});

/** Of the state RecordOutcomes. */
export const recordOutcomesEventSchema = z.object({
  step: z.literal('record'),
  execution: executionSchema,
  round: roundSchema,
});
export const recordOutcomesResultSchema = z.object({
  /** Tenants that were migrated although the central database could not record it. */
  notRecorded: z.int().min(0),
});

/** Of the state SettleRun. */
export const settleRunEventSchema = z.object({
  step: z.literal('settle'),
  execution: executionSchema,
  round: roundSchema,
  breakerTripped: z.boolean(),
  /** Null if RecordOutcomes failed as a whole. */
  notRecorded: z.int().min(0).nullable(),
});
export const settleRunResultSchema = z.object({
  decision: z.enum(['RUN', 'HOLD', 'DONE']),
  /** The next round, or the last one. */
  round: roundSchema,
  /** With `HOLD`: what holds the next wave. */
  gate: gateSchema.optional(),
  summary: shortSummarySchema,
});

/** Of the state Watch: asks the alarms, and which gate is next. */
export const passGatesEventSchema = z.object({
  step: z.literal('gate'),
  execution: executionSchema,
  round: roundSchema,
  gate: gateSchema,
  limitSeconds,
});
export const passGatesResultSchema = z.object({ round: roundSchema, gate: gateSchema });

/** Of the state AwaitApproval, which ends when somebody sends the token back. */
export const askApprovalEventSchema = z.object({
  step: z.literal('ask'),
  execution: executionSchema,
  gate: gateSchema,
  taskToken: z.string().min(1),
});
export const askApprovalResultSchema = z.object({ wave: z.int().min(1) });

/**
 * Asked of SettleRun's function by the command line, and by no state: has a run closed whose execution
 * was stopped.
 */
export const closeRunEventSchema = z.object({
  step: z.literal('close'),
  execution: executionSchema,
});
export const closeRunResultSchema = z.object({ summary: shortSummarySchema });

/** SettleRun's decision, as it is kept in the run store. */
export type StepDecision =
  | { readonly decision: 'RUN'; readonly round: StepRound }
  | { readonly decision: 'DONE' }
  /** `message` is what `TenantMigrationsFailed` says. */
  | {
      readonly decision: 'FAIL';
      readonly message: string;
      /** Why waves or tenants were not started. */
      readonly stopped?: RunStop | undefined;
    };

export type StepGate = z.infer<typeof gateSchema>;
export type PassGatesEvent = z.infer<typeof passGatesEventSchema>;
export type PassGatesResult = z.infer<typeof passGatesResultSchema>;
export type AskApprovalEvent = z.infer<typeof askApprovalEventSchema>;
export type AskApprovalResult = z.infer<typeof askApprovalResultSchema>;
export type CloseRunResult = z.infer<typeof closeRunResultSchema>;
export type OpenRunResult = z.infer<typeof openRunResultSchema>;
export type ListTenantsResult = z.infer<typeof listTenantsResultSchema>;
export type StepExecution = z.infer<typeof executionSchema>;
export type StepRound = z.infer<typeof roundSchema>;
export type ShortSummary = z.infer<typeof shortSummarySchema>;
export type RoundItem = z.infer<typeof roundItemSchema>;
export type ProbeTenantsEvent = z.infer<typeof probeTenantsEventSchema>;
export type DropUnchangedEvent = z.infer<typeof dropUnchangedEventSchema>;
export type ItemRun = z.infer<typeof itemRunSchema>;
export type Continuation = z.infer<typeof continuationSchema>;
export type MigrateTenantEvent = z.infer<typeof migrateTenantEventSchema>;
export type WarmUpResult = z.infer<typeof warmUpResultSchema>;
export type MigrateTenantContinue = z.infer<typeof migrateTenantContinueSchema>;
export type ReduceOutcomesResult = z.infer<typeof reduceOutcomesResultSchema>;
export type RecordOutcomesResult = z.infer<typeof recordOutcomesResultSchema>;
export type SettleRunResult = z.infer<typeof settleRunResultSchema>;
