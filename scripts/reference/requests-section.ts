import type { RunRequest } from '../../src/core/request.ts';
import { publicSchema } from '../../src/core/wire/public-schemas.ts';
import { code, markdownTable } from './markdown-table.ts';
import { allowed, fieldsOf, type JsonSchema } from './schema-fields.ts';

/** The meaning of every key of a request; `satisfies` keeps the list complete. */
export const REQUEST_MEANINGS = {
  command: 'Apply migrations, roll them back, or only show what would run.',
  rollback: 'Whether a plan is one of a rollback.',
  tenants: 'The tenants of the run. Default: every active tenant.',
  retryOf: 'An earlier run: only tenants that failed in it or were not reached are migrated.',
  cause: 'With `retryOf`: only tenants that failed of this cause.',
  waves: 'Waves, in order. Tenants in none of them form the last wave. Default: one wave.',
  maxConcurrency:
    'Tenants at a time. `"auto"`, the default of a run on one machine: [as many as the servers take well](../explanation/architecture.md#the-pace-of-a-run); on AWS the same as 50.',
  maxPerHost: 'Tenants at a time on one database server. Default: no limit.',
  hosts: 'Only tenants on these database servers.',
  ifRunning: 'On AWS, if another run is under way: run beside it, or skip. Default: `"run"`.',
  toleratedFailureCount:
    'The run stops when more tenants have failed. Default: it goes through all.',
  toleratedFailurePercentage: 'The same as a share of all tenants of the run.',
  automaticRetries: 'Passes over transient failures at the end of each wave.',
  probe:
    'How tenants with nothing to do are found: ask each one, trust the recorded version, or none, which migrates one by one. Default: each one, but on one machine not those that a run which was killed has just recorded.',
  bakeMinutes: 'Minutes between a wave and the next one. Default: 0.',
  watch:
    'Alarms (on AWS) or a command that must be well during the bake and before each next wave.',
  backfillWindows: 'Backfills run only within these spans. Default: at any time.',
  windows: 'Waves begin only within these spans. Default: at any time.',
  freezes: 'No wave begins within these spans.',
  timeZone: 'The time zone of windows, freezes and backfill windows. Default: `"UTC"`.',
  approval:
    'Somebody must approve the wave after a canary, or every wave but the first. Default: `"none"`.',
  approvalHours: 'How long a wave waits for an approval. Default: 24.',
  to: 'Last migration to apply; for a rollback, the last one to keep. Default: all are applied.',
  run: 'For a rollback: the run whose migrations are rolled back.',
  steps: 'For a rollback: how many of the newest migrations of each tenant.',
  stepsOf: 'Set by a retry of `steps`: the run that was to roll them back first.',
  allowEmpty: 'For a rollback: may leave a tenant without any migration.',
  strict: 'Fails tenants whose applied migrations have changed since.',
  allowMissing: 'Accepts tenants that have migrations which the folder lacks.',
  lockWaitTimeoutSeconds: "How long a statement waits for a lock, instead of MySQL's year.",
  statementTimeoutSeconds: 'Kills a statement that runs longer. Default: never.',
  phase:
    'The pending migrations that the run takes: schema changes, [backfills](../how-to/backfills.md) or both. Default: `schema`.',
  safety:
    'Limits for statements that change existing tables: [guard](../explanation/safety.md#guard). Default: none.',
} as const satisfies Record<keyof RunRequest, string>;

/** Every key of a request, out of the schema by which requests are parsed. */
export function requestsSection(): string {
  return markdownTable(
    ['key', 'meaning', 'must be', 'default'],
    fieldsOf(publicSchema('request') as JsonSchema).map(({ name, schema }) => [
      code(name),
      REQUEST_MEANINGS[name as keyof RunRequest],
      allowed(schema),
      schema.default === undefined ? '' : code(JSON.stringify(schema.default)),
    ]),
  );
}
