import * as z from 'zod';
import { SEVERITIES } from '../safety/lint/rule.ts';
import { RULES } from '../safety/lint/rules/all-rules.ts';
import { REHEARSAL_RULES } from '../safety/rehearsal/rehearsal-rules.ts';
import { guardKeys } from './guard-schema.ts';
import { requestSchema } from './request-schema.ts';

const text = z.string().trim().min(1).max(1_024);
const flag = z.boolean().optional().describe('true or false');
const words = z
  .union([text, z.array(text).min(1)])
  .optional()
  .describe('a status such as "ACTIVE", or a list of them');

const columns = z
  .strictObject({
    id: text.optional(),
    slug: text.optional(),
    name: text.optional(),
    status: text.optional(),
    dbHost: text.optional(),
    dbPort: text.optional(),
    dbName: text.optional(),
    dbUser: text.optional(),
    dbPassword: text.optional(),
  })
  .optional()
  .describe('an object of column names');

/** A table or view with its columns, or a query; {@link centralSchema} distinguishes the two kinds. */
const tenants = z
  .strictObject({
    table: text.optional().describe('the name of a table or view'),
    columns,
    query: z.string().trim().min(1).max(65_535).optional().describe('one SELECT'),
    active: words,
  })
  .refine(
    ({ table, query, columns }) =>
      (table === undefined) !== (query === undefined) &&
      (query === undefined || columns === undefined),
  )
  .optional()
  .describe(
    'an object with "table" and, if wanted, "columns" and "active", or one with "query" and "active"',
  );

const centralSchema = z
  .strictObject({ tenants })
  .optional()
  .describe('an object with the key "tenants"');

const migrationsSchema = z
  .strictObject({
    folder: text.optional().describe('the path of a folder'),
    tableName: text.max(64).optional().describe('the name of a table, at most 64 characters'),
    allowDuplicateTimestamps: flag,
    disableTransactions: flag,
  })
  .optional()
  .describe(
    'an object with "folder", "tableName", "allowDuplicateTimestamps" and "disableTransactions"',
  );

/** A knexfile, or its settings, whose keys are checked by the adapter of Knex. */
const knexSchema = z
  .union([
    z.strictObject({
      file: text.describe('the path of a knexfile'),
      env: text.optional().describe('the name of an environment of the knexfile'),
    }),
    z.record(z.string(), z.unknown()).refine((settings) => !('file' in settings)),
  ])
  .optional()
  .describe(
    'settings as a knexfile has them, or an object with "file", its path, and, if wanted, "env"',
  );

/** Keys of a request that a configuration gives defaults for. */
const requestDefaults = z
  .strictObject({
    waves: requestSchema.shape.waves.unwrap().optional().describe(described('waves')),
    maxConcurrency: requestSchema.shape.maxConcurrency
      .unwrap()
      .optional()
      .describe(described('maxConcurrency')),
    maxPerHost: requestSchema.shape.maxPerHost,
    hosts: requestSchema.shape.hosts,
    ifRunning: requestSchema.shape.ifRunning,
    toleratedFailureCount: requestSchema.shape.toleratedFailureCount,
    toleratedFailurePercentage: requestSchema.shape.toleratedFailurePercentage,
    automaticRetries: requestSchema.shape.automaticRetries
      .unwrap()
      .optional()
      .describe(described('automaticRetries')),
    bakeMinutes: requestSchema.shape.bakeMinutes,
    watch: requestSchema.shape.watch,
    windows: requestSchema.shape.windows,
    backfillWindows: requestSchema.shape.backfillWindows,
    freezes: requestSchema.shape.freezes,
    timeZone: requestSchema.shape.timeZone,
    approval: requestSchema.shape.approval,
    approvalHours: requestSchema.shape.approvalHours,
    strict: flag,
    allowMissing: flag,
    lockWaitTimeoutSeconds: requestSchema.shape.lockWaitTimeoutSeconds
      .unwrap()
      .optional()
      .describe(described('lockWaitTimeoutSeconds')),
    statementTimeoutSeconds: requestSchema.shape.statementTimeoutSeconds,
  })
  .optional()
  .describe('an object of defaults for requests');

const severity = z.enum(SEVERITIES).optional().describe('"error", "warning" or "off"');

/** The rules of the lint and those of the rehearsal. */
const RULE_NAMES = [...RULES.map(({ name }) => name), ...Object.keys(REHEARSAL_RULES)];

function byRule<Value extends z.ZodType>(value: Value) {
  return z.strictObject(Object.fromEntries(RULE_NAMES.map((name) => [name, value])));
}

const safetySchema = z
  .strictObject({
    rules: byRule(severity)
      .extend({ '*': severity })
      .optional()
      .describe('an object of severities by the names of rules, or "*" for the others'),
    allow: z
      .record(text, byRule(text.optional().describe('the reason, a text')))
      .optional()
      .describe('an object of reasons by rule, by the id of a migration'),
    ...guardKeys,
    onlineProgram: text.optional().describe('the path or name of Spirit or gh-ost'),
    requireRehearsal: text.optional().describe('the path of a file'),
  })
  .optional()
  .describe(
    'an object with "rules", "allow", "lock", "copyBytes", "queueMs", "onlineChange", "onlineProgram", "keep" and "requireRehearsal"',
  );

const hostReader = z
  .union([
    z.strictObject({ user: text, passwordEnv: text.regex(/^\w+$/) }),
    z.strictObject({ user: text, auth: z.literal('iam') }),
  ])
  .describe('an object with "user", and "passwordEnv", the name of a variable, or "auth": "iam"');

const shapesSchema = z
  .strictObject({
    hosts: z
      .record(text, hostReader)
      .optional()
      .describe('an object of logins by "host", "host:port" or "*"'),
  })
  .optional()
  .describe('an object with the key "hosts"');

const server = text.regex(/^(?:\[[^\]]+\]|[^:\s[\]]+)(?::\d{1,5})?$/);

const replicasSchema = z
  .strictObject({
    hosts: z
      .record(server, z.array(server).min(1))
      .describe(
        'an object of lists of "host" or "host:port", by the "host" or "host:port" of their source',
      ),
    user: text.describe('the name of a user'),
    passwordEnv: text.regex(/^\w+$/).optional().describe('the name of a variable'),
    auth: z.literal('iam').optional().describe('"iam"'),
    heartbeat: text
      .regex(/^[^.`]+\.[^.`]+$/)
      .optional()
      .describe('the name of a table with its database, such as "percona.heartbeat"'),
    maxLagSeconds: z
      .number()
      .min(0.1)
      .max(86_400)
      .optional()
      .describe('a number of seconds from 0.1 to 86,400 (a day)'),
  })
  .optional()
  .describe(
    'an object with "hosts", "user", "passwordEnv" (or "auth": "iam"), and, if wanted, "heartbeat" and "maxLagSeconds"',
  );

const provisioningSchema = z
  .strictObject({
    snapshot: z.enum(['auto', 'never']).optional().describe('"auto" or "never"'),
    snapshotFile: text.optional().describe('the path of a file'),
    pool: z.int().min(0).max(100).optional().describe('a whole number from 0 to 100'),
  })
  .optional()
  .describe('an object with "snapshot", "snapshotFile" and "pool"');

const section = {
  central: centralSchema,
  migrations: migrationsSchema,
  knex: knexSchema,
  request: requestDefaults,
  safety: safetySchema,
  shapes: shapesSchema,
  replicas: replicasSchema,
  provisioning: provisioningSchema,
};

/**
 * The one schema of the configuration file. Unknown keys are refused: a misspelt `tableName` would otherwise
 * have every migration run again. Each description names the allowed values, and is a part of the error for a
 * wrong one.
 */
export const configSchema = z.strictObject({
  /** For editors, in JSON. */
  $schema: z.string().optional().describe('the address of a JSON Schema'),
  ...section,
  environments: z
    .record(z.string().min(1), z.strictObject(section))
    .optional()
    .describe('an object of sections by the names of environments'),
});

function described(key: keyof typeof requestSchema.shape): string {
  return requestSchema.shape[key].description ?? '';
}
