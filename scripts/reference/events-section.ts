import {
  DETAIL_TYPES,
  RUN_CHANGES,
  type RunChange,
} from '../../src/core/wire/notification-names.ts';
import { publicSchema } from '../../src/core/wire/public-schemas.ts';
import { meaningOf } from './configuration-section.ts';
import { code, markdownTable, prose } from './markdown-table.ts';
import { fieldsOf, type JsonSchema, kindOf } from './schema-fields.ts';

const EVENTS: Readonly<Record<string, string>> = {
  'run-started': 'The tenants are listed and the run begins.',
  'wave-started': 'A wave begins. A run without waves has one.',
  'round-started':
    'Another pass over tenants of the wave: retryable failures, or tenants of hosts that did not answer.',
  'tenants-added': 'Tenants became active while the run was under way, and are migrated as well.',
  'pace-changed':
    'A run with `--concurrency auto`, or one that somebody has throttled, attempts more or fewer tenants at a time from here on.',
  'wave-held': 'A wave waits before it begins, or waits for something else than before.',
  'wave-decided': 'Somebody has approved or rejected a wave, or nobody did in time.',
  'tenant-started': 'A tenant has a slot, and its migration begins.',
  'tenant-retried': 'A transient failure; the tenant is attempted again after the delay.',
  'backfill-progress':
    'A backfill has changed more rows of a tenant; at most one event a second for each tenant.',
  'online-change-progress':
    'A program has copied more rows of a table that it changes online; at most one event a second for each tenant.',
  'tenant-finished': 'The outcome of a tenant. The last one of a tenant counts.',
  'run-stopping': 'No further tenant is started; those under way finish.',
  warning: 'Something about the run as a whole that somebody should know.',
  'run-finished': 'The last event of a run, with its summary.',
  'run-submitted': 'On AWS: the execution is started, or was found.',
  'run-progress':
    'On AWS: counts of the wave that is under way, first of the tenants that are asked what they have to do, then of those that are migrated.',
  'fleet-backfills':
    'On AWS: how far the pending backfills of the fleet have come, while a run has backfills; asked of the databases every 15 seconds or less often.',
  'run-summarized': 'On AWS: the summary as the console shows it.',
  'run-skipped': 'On AWS: nothing was started, since another run is under way.',
};

/** Of notifications. */
const CHANGES: Readonly<Record<RunChange, string>> = {
  started:
    'The run has begun. On AWS its tenants are not listed yet, so `total` and `waves` are absent.',
  'wave-done': 'The run moves on from a wave; only if it has several.',
  baking: 'The run waits for problems to show before the next wave.',
  'waiting-for-window': 'The next wave may only start in a window.',
  'waiting-for-approval': 'Somebody has to approve the next wave.',
  held: 'What the run watches is not well, so the other waves were not started; the run is over.',
  resumed: 'The run continues after an approval or a redrive.',
  rejected: 'Somebody has rejected the next wave; the run is over.',
  stopped: 'The run was stopped, by Ctrl-C or `fanfold stop`.',
  failed: 'The run is over, and tenants failed or were not reached.',
  done: 'The run is over, and all tenants are up to date.',
};

const FIELDS: Readonly<Record<string, string>> = {
  runId: 'id of the run',
  command: 'what the run does',
  rollback: 'a plan of a rollback',
  total: 'how many tenants',
  waves: 'how many waves',
  bundleHash: 'hash of the set of migrations',
  retryOf: 'the run that this one retries',
  wave: 'number of the wave, from 1',
  canary: 'whether one failure ends the run',
  round: 'number of the round, from 2',
  progress: 'rows done and changed, rows of the table as the server estimates them, rows a second',
  backfills: 'tenants whose backfills the rounds before have left',
  hostsDown: 'only tenants of hosts that did not answer',
  atATime: 'tenants at a time',
  gate: 'what the wave waits for',
  until: 'when the wait is over at the latest, ISO 8601',
  verdict: 'the decision',
  by: 'who decided',
  why: 'the reason',
  tenant: '`id`, `slug`, `name`, `database`, and `host`',
  attempt: 'number of the attempt that failed',
  delayMs: 'milliseconds until the next attempt',
  code: '[error code](errors.md)',
  message: 'for people',
  outcome: 'see [outcomes](#outcomes)',
  reason: 'why',
  note: '`code` and `message`',
  summary: 'see [summary](#summary)',
  durationMs: 'milliseconds of the run',
  location: 'place where the run is kept',
  stack: 'name of the stack',
  region: 'AWS region',
  executionArn: 'ARN of the execution',
  consoleUrl: 'address of the execution in the console',
  isOver: 'whether the run had ended already',
  counts: 'tenants by their state',
  tenants: 'how many tenants',
  running: 'of those, the tenants in which one is running',
  rowsDone: 'rows that are done',
  rowsExpected: 'rows in all, as servers estimate them',
  rowsPerSecond: 'rows a second',
  maxConcurrency: 'tenants at a time; batches while tenants are asked or shapes are read',
  asking: 'whether tenants are asked what they have to do, before any is migrated',
  readingShapes: 'whether the shapes of tenants are read, before any is migrated',
  lines: 'lines of text',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  migrated: 'Migrations were applied.',
  unchanged: 'Nothing was pending.',
  failed: 'The tenant failed; `failure` has the cause and the next step.',
  skipped: 'The run ended before it reached the tenant.',
  unknown: 'Nothing is known of the tenant, such as after a crash. A retry takes it.',
  planned: 'A plan: these migrations would run.',
  reverted: 'Migrations were rolled back.',
};

/** Every event that `--json` prints, the outcomes and the summary, out of their schemas. */
export function eventsSection(): string {
  const events = (publicSchema('events') as JsonSchema).oneOf ?? [];
  const outcomes =
    events.map((event) => event.properties?.outcome).find((each) => each !== undefined)?.oneOf ??
    [];
  const summary = publicSchema('summary') as JsonSchema;
  return [
    ...events.flatMap((event) => {
      const name = nameOf(event, 'type');
      return [
        `### ${name}`,
        meaningOf(EVENTS, name),
        markdownTable(
          ['field', 'kind', ''],
          fieldsOf(event)
            .filter((field) => field.name !== 'type')
            .map(({ name: key, schema, isRequired }) => [
              `${code(key)}${isRequired ? '' : ' (optional)'}`,
              kindOf(schema),
              meaningOf(FIELDS, key),
            ]),
        ),
      ];
    }),
    '## Outcomes',
    markdownTable(
      ['`status`', 'meaning', 'fields'],
      outcomes.map((outcome) => [
        code(nameOf(outcome, 'status')),
        meaningOf(OUTCOMES, nameOf(outcome, 'status')),
        fieldsOf(outcome)
          .filter((field) => field.name !== 'status')
          .map(({ name, isRequired }) => `${code(name)}${isRequired ? '' : '?'}`)
          .join(', '),
      ]),
    ),
    'An outcome of a run on AWS lists as many migrations as an execution can carry, some 90 KiB of the newest ones, or of a plan’s first ones. `leftOut` has the number of the others by list, such as `{"applied": 1842}`; every count includes them. Those that were applied or reverted are in the run store, under the key that `leftOut` has as `rest`: `summary.json` and the report have all of them. Pending ones are in the run’s `bundle.json`.',
    '## Summary',
    'The field `summary` of `run-finished`, and the file `summary.json` of a run:',
    markdownTable(
      ['field', 'kind', ''],
      fieldsOf(summary).map(({ name, schema, isRequired }) => [
        `${code(name)}${isRequired ? '' : ' (optional)'}`,
        kindOf(schema),
        prose(schema.description ?? meaningOf(SUMMARY, name)),
      ]),
    ),
    '## Notifications',
    'One notification at each change of a run’s standing, for people and programs that do not watch it ([how to get them](../how-to/notifications.md)). `fanfold schema notifications` prints the JSON Schema.',
    markdownTable(
      ['`change`', 'detail type on EventBridge', ''],
      RUN_CHANGES.map((change) => [code(change), code(DETAIL_TYPES[change]), CHANGES[change]]),
    ),
    markdownTable(
      ['field', 'kind', ''],
      fieldsOf(publicSchema('notifications') as JsonSchema).map(({ name, schema, isRequired }) => [
        `${code(name)}${isRequired ? '' : ' (optional)'}`,
        kindOf(schema),
        prose(schema.description ?? ''),
      ]),
    ),
  ].join('\n\n');
}

/** Fields of the summary that the schema does not describe. */
const SUMMARY: Readonly<Record<string, string>> = {
  runNotes: 'notes about the run as a whole',
};

function nameOf(schema: JsonSchema, key: string): string {
  const name = schema.properties?.[key]?.const;
  if (typeof name !== 'string') throw new TypeError(`A schema has no constant "${key}".`);
  return name;
}
