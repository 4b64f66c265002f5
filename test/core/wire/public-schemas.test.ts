import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { RemoteEvent } from '../../../src/cli/remote/remote-event.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { eventSchema } from '../../../src/core/wire/event-schemas.ts';
import { type PublicSchema, publicSchema } from '../../../src/core/wire/public-schemas.ts';
import { fakeFleet } from '../../cli/support/fake-fleet.ts';
import { fakeHost } from '../../cli/support/fake-host.ts';

/** A new event has to be described, or this does not compile. */
const DESCRIBED: Record<(RunEvent | RemoteEvent)['type'], z.infer<typeof eventSchema>['type']> = {
  'run-started': 'run-started',
  'wave-started': 'wave-started',
  'round-started': 'round-started',
  'tenants-added': 'tenants-added',
  'pace-changed': 'pace-changed',
  'wave-held': 'wave-held',
  'wave-decided': 'wave-decided',
  'tenant-started': 'tenant-started',
  'tenant-retried': 'tenant-retried',
  'backfill-progress': 'backfill-progress',
  'online-change-progress': 'online-change-progress',
  'tenant-finished': 'tenant-finished',
  'run-stopping': 'run-stopping',
  warning: 'warning',
  'run-finished': 'run-finished',
  'run-submitted': 'run-submitted',
  'run-progress': 'run-progress',
  'fleet-backfills': 'fleet-backfills',
  'run-summarized': 'run-summarized',
  'run-skipped': 'run-skipped',
};

/** As we write it today: a key that the schema lacks is found, though readers may not mind one. */
function strictly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, strictly(value)]),
  );
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}

const validators = new Map<string, ValidateFunction>();

function complaints(name: PublicSchema, value: unknown, asWritten = false): unknown {
  const key = `${name} ${asWritten}`;
  const schema = publicSchema(name);
  const validate =
    validators.get(key) ??
    new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      (asWritten ? strictly(schema) : schema) as object,
    );
  validators.set(key, validate);
  return validate(value) ? undefined : validate.errors;
}

const FAILED: Attempt = {
  status: 'failed',
  failure: {
    code: 'StatementFailed',
    message: 'The server said no.',
    nextStep: 'Look at `fanfold migrate:resolve <tenant>`.',
    retryable: true,
    fingerprint: 'x',
    migration: '1_a',
    statement: { number: 2, text: 'select ?' },
    errno: 1064,
    sqlState: '42000',
    statements: [{ number: 1, text: 'select ?', standing: 'not known', stoppedHere: true }],
  },
  applied: [{ name: '0_a.ts', durationMs: 3.5 }],
  notes: [{ code: 'ahead', message: 'It is ahead.' }],
};

async function linesOf(command: string): Promise<Record<string, unknown>[]> {
  const host = fakeHost();
  const { wiring } = await fakeFleet([
    { slug: 'acme' },
    { slug: 'beta', attempt: () => FAILED },
    { slug: 'gamma' },
  ]);
  await runCli(command.split(' '), host, () => wiring);
  return host.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('JSON Schemas', () => {
  it('the JSON Schemas of events describe every line of a run', async () => {
    const lines = [
      ...(await linesOf('migrate:all-tenants --json --canary gamma --automatic-retries 1')),
      ...(await linesOf('migrate:plan --json')),
    ];
    const types = new Set(lines.map(({ type }) => type));
    expect([...types].sort()).toEqual(
      expect.arrayContaining(['run-finished', 'run-started', 'tenant-finished', 'wave-started']),
    );
    for (const line of lines) expect(complaints('events', line, true)).toBeUndefined();
    expect(Object.entries(DESCRIBED).filter(([type, described]) => type !== described)).toEqual([]);
    expect(complaints('events', { type: 'run-started' })).not.toBeUndefined();
  });

  it('the JSON Schema of the summary describes that of a run', async () => {
    const lines = await linesOf('migrate:all-tenants --json');
    const summary = lines.at(-1)?.summary;
    expect(complaints('summary', summary, true)).toBeUndefined();
    expect(complaints('summary', { ...(summary as object), total: '3' })).not.toBeUndefined();
    // A later version may tell more.
    expect(complaints('summary', { ...(summary as object), more: 1 })).toBeUndefined();
  });

  it.each([
    [{}, true],
    [{ $schema: './fanfold.schema.json', migrations: { folder: './db' } }, true],
    [{ central: { tenants: { table: 'customers', columns: { slug: 'code' } } } }, true],
    [{ knex: { file: './knexfile.js', env: 'production' }, request: { maxConcurrency: 4 } }, true],
    [{ environments: { production: { migrations: { tableName: 'm' } } } }, true],
    [{ migrations: { tablename: 'm' } }, false],
    [{ request: { maxConcurrency: 0 } }, false],
    [{ environments: { production: { environments: {} } } }, false],
  ])('the JSON Schema of the configuration judges %j', (config, isValid) => {
    expect(complaints('config', config) === undefined).toBe(isValid);
  });

  it('the JSON Schema of a request judges an execution’s input', () => {
    expect(
      complaints('request', { tenants: ['acme'], waves: [{ percentage: 5 }] }),
    ).toBeUndefined();
    expect(complaints('request', { tenant: 'acme' })).not.toBeUndefined();
  });
});
