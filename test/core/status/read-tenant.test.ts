import { describe, expect, test } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { TenantDatabase } from '../../../src/core/ports.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { createReadTenant } from '../../../src/core/status/read-tenant.ts';
import { tenantOf } from '../../support/fleet.ts';

const bundle = createBundle(
  ['1_a', '2_b', '3_c'].map((id) => ({
    id,
    extension: '.js',
    checksum: id,
    load: async () => ({ up: () => {} }),
  })),
);

const STATE: SchemaState = {
  rows: [{ name: '1_a.js', batch: 1 }],
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open: [],
};

/** A reader over a database in which nothing but reading is possible. */
function readerOf(state: SchemaState | FanfoldError) {
  const refuse = () => Promise.reject(new Error('A reading locks nothing.'));
  const database: TenantDatabase = {
    readState: async () => {
      if (state instanceof FanfoldError) throw state;
      return state;
    },
    readBackfills: async () => [],
    takeHostSlot: refuse,
    usingFence: refuse,
  };
  return createReadTenant({
    databases: { using: (_login, work) => work(database) },
    passwords: { open: async () => 's3cret-of-the-tenant' },
  });
}

describe('createReadTenant', () => {
  test('createReadTenant names the pending migrations and takes no lock', async () => {
    expect(await readerOf(STATE)(tenantOf(1), bundle)).toEqual({
      status: 'planned',
      pending: ['2_b.js', '3_c.js'],
      notes: [],
    });
  });

  test('createReadTenant tells pending backfills apart, with a note', async () => {
    const load = async () => ({ up: () => {}, backfill: { table: 'a', update: 'b = 1' } });
    const fill = { id: '2_b', extension: '.js', checksum: '2_b', load };
    const [first, , last] = bundle.migrations;
    const all = createBundle([first, fill, last].filter((each) => each !== undefined));
    expect(await readerOf(STATE)(tenantOf(1), all)).toMatchObject({
      pending: ['3_c.js'],
      backfills: ['2_b'],
      notes: [{ code: 'BackfillsPending' }],
    });
  });

  test('createReadTenant notes migrations that the bundle lacks or that have changed, and does not refuse them', async () => {
    const rows = [...STATE.rows, { name: '9_gone.js', batch: 2 }];
    const checksums = new Map([['1_a', 'another']]);
    const answer = await readerOf({ ...STATE, rows, checksums })(tenantOf(1), bundle);
    expect(answer.status).toBe('planned');
    expect(answer.notes.map(({ code }) => code)).toEqual(['ahead', 'MigrationModified']);
  });

  test('createReadTenant returns a failure as data, without the password', async () => {
    const error = new FanfoldError('AccessDenied', 'refused s3cret-of-the-tenant', {
      fault: 'tenant',
      nextStep: 'Correct it.',
      said: 'refused',
    });
    expect(await readerOf(error)(tenantOf(1), bundle)).toMatchObject({
      status: 'failed',
      failure: { code: 'AccessDenied', message: 'refused [secret]' },
    });
  });
});
