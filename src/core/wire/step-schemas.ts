import * as z from 'zod';
import type { Refusal } from '../safety/gate/refusals.ts';
import {
  continuationSchema,
  executionSchema,
  gateSchema,
  itemRunSchema,
  roundItemSchema,
  roundSchema,
  shortSummarySchema,
} from './step-data.ts';

/** How long the execution may take, in seconds; absent in executions of an earlier deployment. */
const limitSeconds = z.int().min(1).optional();

/** Of the state OpenRun. `request` is the execution's input, as it came. */
export const openRunEventSchema = z.object({
  step: z.literal('open'),
  execution: executionSchema,
  request: z.unknown(),
  limitSeconds,
  /** Absent if the execution's definition has no states that compare statements. */
  canCompareDigests: z.literal(true).optional(),
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
  /** Present if the statements of the wave's tenants are read before it, to be compared after it. */
  readsDigests: z.literal(true).optional(),
  /** Present before the first wave if a rehearsal is required: the shapes of all tenants of the run are read. */
  shapes: z
    .object({
      /** Key of the file with the items of all waves. */
      itemsKey: z.string(),
      /** Prefix of the result files. */
      resultsPrefix: z.string(),
      /** Batches at a time. */
      maxConcurrency: z.int().min(1),
      /** Tenants that a batch reads at a time. */
      atATime: z.int().min(1),
      /** How often the execution had been redriven by then. */
      redriveCount: z.int().min(0),
    })
    .optional(),
});

/** Of the state CheckBatch, in the Map CheckShapes: some tenants whose shapes are read. */
export const checkShapesEventSchema = z.object({
  step: z.literal('shapes'),
  run: itemRunSchema,
  items: z.array(roundItemSchema),
  atATime: z.int().min(1),
});
/** Tenants of one batch that may not be migrated for the same reason. */
export const refusalSchema = z.object({
  reason: z.string(),
  tenants: z.int().min(1),
  named: z.array(z.string()),
}) satisfies z.ZodType<Refusal>;

/** Of the state SettleShapes. The result is that of ListTenants without the shapes, or a new beginning. */
export const settleShapesEventSchema = z.object({
  step: z.literal('settle-shapes'),
  execution: executionSchema,
  round: roundSchema,
  shapes: z.object({
    redriveCount: z.int().min(0),
    /** The error of the Map; absent if every batch was read. */
    problem: z.string().optional(),
  }),
  next: listTenantsResultSchema.omit({ shapes: true }),
});
export const settleShapesResultSchema = z.union([
  listTenantsResultSchema.omit({ shapes: true }),
  z.object({ decision: z.literal('AGAIN'), round: roundSchema }),
]);

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

/** The result if a task is to migrate the tenant, by these words of the command line, before the next invocation. */
export const migrateTenantOnlineSchema = z.object({
  status: z.literal('online'),
  command: z.array(z.string()),
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
  /** Whether the pool of databases for new tenants is migrated next, if the stack has one. */
  migratesPool: z.boolean().optional(),
});

/** Of the state ReadDigests: reads the statements of the wave's tenants before it. */
export const readDigestsEventSchema = z.object({
  step: z.literal('before'),
  execution: executionSchema,
  round: roundSchema,
});
export const readDigestsResultSchema = z.object({ watched: z.int().min(0) });

/** Of the state CompareDigests: compares them after the wave. */
export const compareDigestsEventSchema = z.object({
  step: z.literal('compare'),
  execution: executionSchema,
  round: roundSchema,
  gate: gateSchema,
});
export const compareDigestsResultSchema = z.object({ round: roundSchema, gate: gateSchema });

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
/** Sent by EventBridge when an execution has ended without success. */
export const tellEndEventSchema = z.object({
  step: z.literal('ended'),
  execution: executionSchema.pick({ arn: true, name: true }),
});

/** The wishes for the backfills of a run, as they are kept. */
export const runControlSchema = z.object({
  isPaused: z.boolean(),
  pace: z.number().gt(0).max(1).optional(),
});
/** Asked of SettleRun's function by the command line, and by no state: keeps a wish for the backfills of a run. */
export const setRunControlEventSchema = z.object({
  step: z.literal('control'),
  execution: executionSchema.pick({ arn: true, name: true }),
  wish: runControlSchema.partial(),
});
export const setRunControlResultSchema = z.object({ control: runControlSchema });

export const closeRunResultSchema = z.object({ summary: shortSummarySchema });

export type SetRunControlEvent = z.infer<typeof setRunControlEventSchema>;
export type SetRunControlResult = z.infer<typeof setRunControlResultSchema>;
export type PassGatesEvent = z.infer<typeof passGatesEventSchema>;
export type ReadDigestsEvent = z.infer<typeof readDigestsEventSchema>;
export type ReadDigestsResult = z.infer<typeof readDigestsResultSchema>;
export type CompareDigestsEvent = z.infer<typeof compareDigestsEventSchema>;
export type CompareDigestsResult = z.infer<typeof compareDigestsResultSchema>;
export type PassGatesResult = z.infer<typeof passGatesResultSchema>;
export type AskApprovalEvent = z.infer<typeof askApprovalEventSchema>;
export type AskApprovalResult = z.infer<typeof askApprovalResultSchema>;
export type CloseRunResult = z.infer<typeof closeRunResultSchema>;
export type OpenRunResult = z.infer<typeof openRunResultSchema>;
export type ListTenantsResult = z.infer<typeof listTenantsResultSchema>;
export type CheckShapesEvent = z.infer<typeof checkShapesEventSchema>;
export type SettleShapesEvent = z.infer<typeof settleShapesEventSchema>;
export type SettleShapesResult = z.infer<typeof settleShapesResultSchema>;
export type ProbeTenantsEvent = z.infer<typeof probeTenantsEventSchema>;
export type DropUnchangedEvent = z.infer<typeof dropUnchangedEventSchema>;
export type MigrateTenantEvent = z.infer<typeof migrateTenantEventSchema>;
export type WarmUpResult = z.infer<typeof warmUpResultSchema>;
export type MigrateTenantContinue = z.infer<typeof migrateTenantContinueSchema>;
export type MigrateTenantOnline = z.infer<typeof migrateTenantOnlineSchema>;
export type ReduceOutcomesResult = z.infer<typeof reduceOutcomesResultSchema>;
export type RecordOutcomesResult = z.infer<typeof recordOutcomesResultSchema>;
export type SettleRunResult = z.infer<typeof settleRunResultSchema>;
