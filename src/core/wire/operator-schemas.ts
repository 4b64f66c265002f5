import * as z from 'zod';
import { PASSWORD_OWNERS } from '../credentials/store-password.ts';
import { ERROR_CODES, type ErrorCode } from '../error-codes.ts';
import type { Fault } from '../error-kind.ts';
import { PROVISIONING_MARKS } from '../provision/provisioning-registry.ts';
import { RESOLUTIONS } from '../resolve/resolution.ts';
import type { TenantReading } from '../status/tenant-reading.ts';
import { examinationSchema } from './examination-schema.ts';
import { halfAppliedReportSchema, wayOutSchema } from './half-applied-schema.ts';
import { MOST_NAMED } from './most-named.ts';
import { noteSchema, tenantRefSchema } from './outcome-schema.ts';
import { wholeFailureSchema } from './summary-schema.ts';

const count = z.int().min(0);
const tenantId = z.string().min(1);
const errorCode = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);

/** A database server that did not answer on an earlier page, with the failure of its tenants. */
const downHostSchema = z.object({
  host: z.string(),
  failure: wholeFailureSchema.extend({ code: errorCode }),
});

/** The place at which the next page begins. */
export const pageTokenSchema = z.object({
  /** The last tenant of the page before. */
  after: tenantId,
  /** Servers that are not asked again: each would cost a time limit on every page. */
  down: z.array(downHostSchema).max(1_000),
});

/** Every ACTIVE tenant, page by page. */
const fleetPage = {
  hosts: z.array(z.string().min(1)).min(1).max(1_000).optional(),
  /** Tenants at a time. */
  concurrency: z.int().min(1).max(1_000),
  /** Absent: the first page, which also counts the tenants. */
  page: pageTokenSchema.optional(),
};

const storedBackfillSchema = z.object({
  migration: z.string(),
  rowsDone: count,
  rowsChanged: count,
  rowsExpected: count.optional(),
  rowsPerSecond: count.optional(),
  isRunning: z.boolean(),
});

const readingSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('read'),
    tenant: tenantRefSchema,
    standing: z.object({ at: z.string().nullable(), pending: z.array(z.string()) }),
    notes: z.array(noteSchema),
    backfills: z.array(storedBackfillSchema).optional(),
  }),
  z.object({
    status: z.literal('unreadable'),
    tenant: tenantRefSchema,
    failure: wholeFailureSchema,
  }),
]) satisfies z.ZodType<TenantReading>;

const ids = z.array(tenantId).min(1).max(MOST_NAMED);

/** A decision about a half-applied migration. */
const resolution = {
  tenantId,
  kind: z.enum(RESOLUTIONS),
  migration: z.string().min(1),
  byHand: z.union([z.literal('all'), z.array(z.int().min(1))]).optional(),
  withValues: z.boolean().optional(),
};

const address = z.object({
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
});

/** Operations that an operator can ask of the functions of a stack. */
export const OPERATIONS = {
  status: {
    request: z.object(fleetPage),
    answer: z.object({
      /** Tenants in all, and migrations of the deployed bundle; on the first page only. */
      found: z.object({ tenants: count, migrations: count }).optional(),
      readings: z.array(readingSchema),
      /** Absent on the last page. */
      next: pageTokenSchema.optional(),
    }),
  },
  /** The tenants of these names, each of which must exist, or of these ids that exist. */
  find: {
    request: z.union([
      z.object({ names: z.array(z.string().min(1)).min(1).max(10_000) }),
      z.object({ ids }),
    ]),
    answer: z.object({ tenants: z.array(tenantRefSchema) }),
  },
  /** The number of ACTIVE tenants. */
  count: {
    request: z.object({ hosts: fleetPage.hosts }),
    answer: z.object({ tenants: count }),
  },
  examine: {
    request: z.object({
      ...fleetPage,
      /** Absent: every ACTIVE tenant. */
      ids: ids.optional(),
      /** Repairs, too, as the administrator of each server. */
      fix: z.object({ accountsFrom: z.string().min(1).optional() }).optional(),
      /** Codes that a run failed with, by the id of the tenant. */
      failedWith: z.record(z.string(), z.string()).optional(),
    }),
    answer: z.object({
      examined: z.array(
        z.object({
          examination: examinationSchema,
          /** Repairs in words. */
          done: z.array(z.string()),
        }),
      ),
      /** Ids without a row. */
      gone: z.array(tenantId),
      next: pageTokenSchema.optional(),
    }),
  },
  'look-at-half-applied': {
    request: z.object({ tenantId, withValues: z.boolean().optional() }),
    answer: z.object({ reports: z.array(halfAppliedReportSchema) }),
  },
  /** The facts that a person decides by; changes nothing. */
  'foresee-resolution': {
    request: z.object(resolution),
    answer: z.object({
      report: halfAppliedReportSchema,
      way: wayOutSchema,
      /** Hash of the facts. */
      seen: z.string(),
    }),
  },
  resolve: {
    request: z.object({
      ...resolution,
      by: z.string().min(1),
      runId: z.string().min(1),
      /** Hash of the facts by which the person has decided: others refuse the decision. */
      seen: z.string(),
    }),
    answer: z.object({}),
  },
  'store-password': {
    request: z.object({ tenantId, owner: z.enum(PASSWORD_OWNERS), password: z.string().min(1) }),
    answer: z.object({}),
  },
  'make-password': {
    request: z.object({
      tenantId,
      owner: z.enum(PASSWORD_OWNERS),
      accountsFrom: z.string().min(1).optional(),
    }),
    answer: z.object({ made: z.enum(['set', 'works already']) }),
  },
  'rotate-password': {
    request: z.object({ tenantId, keepOld: z.boolean() }),
    answer: z.object({ oldIsValid: z.boolean() }),
  },
  /** Parts of the address that are absent stay; so does the password. */
  'move-tenant': {
    request: z.object({
      tenantId,
      host: z.string().optional(),
      port: z.int().optional(),
      database: z.string().optional(),
      user: z.string().optional(),
      password: z.string().min(1).optional(),
    }),
    answer: z.object({ from: address, to: address }),
  },
  /** The objects that would be removed; changes nothing. */
  'look-at-provisioning': {
    request: z.object({ slug: z.string().min(1) }),
    answer: z.object({
      id: tenantId,
      mark: z.enum(PROVISIONING_MARKS).nullable(),
      address,
      migrationUser: z.string().optional(),
    }),
  },
  'undo-provisioning': {
    request: z.object({ tenantId }),
    answer: z.object({ notAsked: z.object({ code: z.string(), message: z.string() }).optional() }),
  },
} as const satisfies Record<string, { readonly request: z.ZodType; readonly answer: z.ZodType }>;

export type OperationName = keyof typeof OPERATIONS;
export type OperationRequest<Name extends OperationName> = Unchanged<
  z.infer<(typeof OPERATIONS)[Name]['request']>
>;
export type OperationAnswer<Name extends OperationName> = Unchanged<
  z.infer<(typeof OPERATIONS)[Name]['answer']>
>;
export type PageToken = Unchanged<z.infer<typeof pageTokenSchema>>;

/** The type for values that are only read, so that the core's own fit in. */
type Unchanged<Value> = Value extends readonly (infer Item)[]
  ? readonly Unchanged<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Unchanged<Value[Key]> }
    : Value;

/** The event of every function for operators; its request is parsed once the versions are known to agree. */
export const operatorEventSchema = z.object({
  /** Version of the Fanfold that asks. */
  fanfold: z.string().min(1).max(100),
  operation: z.string().min(1).max(100),
  request: z.unknown(),
});

const FAULTS = [
  'usage',
  'configuration',
  'tenant',
  'migration',
  'fanfold',
] as const satisfies readonly Fault[];

/** An error as a function hands it to the command line, which shows it as its own. */
const refusalSchema = z.object({
  code: errorCode,
  message: z.string(),
  fault: z.enum(FAULTS),
  nextStep: z.string(),
  retryable: z.boolean(),
  ownWords: z.boolean(),
  said: z.string().optional(),
});

/** The answer of every function for operators. */
export const operatorAnswerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done'), fanfold: z.string(), answer: z.unknown() }),
  z.object({ status: z.literal('refused'), fanfold: z.string(), error: refusalSchema }),
]);

export type OperatorEvent = z.infer<typeof operatorEventSchema>;
export type OperatorAnswer = z.infer<typeof operatorAnswerSchema>;
export type Refusal = z.infer<typeof refusalSchema>;
