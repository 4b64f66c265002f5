import { expect, test } from 'vitest';
import {
  changedTableOf,
  GHOST_SENTRY,
  onlineLeftovers,
  type WorkObject,
} from '../../../../src/core/safety/online/online-leftovers.ts';

const table = (name: string, comment = ''): WorkObject => ({
  kind: 'table',
  name,
  comment,
  bytes: 1_000,
});
const trigger = (name: string, on: string): WorkObject => ({ kind: 'trigger', name, on });
const OWN = '_fanfold_oc_0123456789ab';

test.each<[string, WorkObject[], string[], object[]]>([
  [
    'a change of ours, with all of its tables in one group',
    [table(`${OWN}_gho`), table(`${OWN}_ghc`), table(`${OWN}_ghk`)],
    [],
    [{ by: 'Fanfold', table: undefined, bytes: 3_000, oldRows: undefined }],
  ],
  [
    'two changes of ours',
    [table(`${OWN}_gho`), table('_fanfold_oc_ba9876543210_gho')],
    [],
    [{ by: 'Fanfold' }, { by: 'Fanfold' }],
  ],
  [
    'rows from before a change of ours',
    [table(`${OWN}_del`)],
    [],
    [{ by: 'Fanfold', oldRows: `${OWN}_del` }],
  ],
  [
    'a table that gh-ost has put in the place of the old one, which has no rows',
    [table(`${OWN}_del`, GHOST_SENTRY)],
    [],
    [{ by: 'Fanfold', oldRows: undefined }],
  ],
  [
    "somebody's own gh-ost",
    [table('_events_gho'), table('_events_ghc')],
    ['events'],
    [{ by: 'gh-ost', table: 'events', tables: ['_events_ghc', '_events_gho'] }],
  ],
  [
    'pt-online-schema-change, by its triggers',
    [
      table('_events_new'),
      trigger('pt_osc_acme_events_ins', 'events'),
      trigger('pt_osc_acme_events_upd', 'events'),
    ],
    ['events'],
    [
      {
        by: 'pt-online-schema-change',
        table: 'events',
        tables: ['_events_new'],
        triggers: ['pt_osc_acme_events_ins', 'pt_osc_acme_events_upd'],
      },
    ],
  ],
  [
    'triggers of pt-online-schema-change whose table is gone',
    [trigger('pt_osc_acme_events_del', 'events')],
    [],
    [{ by: 'pt-online-schema-change', tables: [], triggers: ['pt_osc_acme_events_del'] }],
  ],
  [
    'Spirit, by its checkpoint',
    [table('_events_new'), table('_events_chkpnt'), table('_events_old')],
    ['events'],
    [{ by: 'Spirit', table: 'events', oldRows: '_events_old' }],
  ],
  [
    'a change of ours by Spirit, whose tables a table of ours marks',
    [
      table(`${OWN}_spi`, 'events'),
      table('_events_new'),
      table('_events_chkpnt'),
      table('_others_chkpnt'),
    ],
    ['events', 'others'],
    [
      {
        by: 'Fanfold',
        program: 'Spirit',
        table: 'events',
        tables: ['_events_chkpnt', '_events_new', `${OWN}_spi`],
        oldRows: undefined,
      },
      { by: 'Spirit', table: 'others' },
    ],
  ],
  [
    'rows from before a change of ours by Spirit',
    [table(`${OWN}_spi`, 'events'), table('_events_old')],
    ['events'],
    [{ by: 'Fanfold', program: 'Spirit', oldRows: '_events_old' }],
  ],
  ['a table whose name only looks like one', [table('_events_gho')], [], []],
  ['an own table of the application', [table('_events_new'), table('_events_old')], ['events'], []],
  ['other tables with an underscore', [table('_prisma_migrations')], [], []],
])('names %s', (_, objects, existing, expected) => {
  const found = onlineLeftovers(objects, new Set(existing));
  expect(found).toHaveLength(expected.length);
  expect(found).toMatchObject(expected);
});

test.each([
  ['_events_gho', 'events'],
  ['_a_b_c_chkpnt', 'a_b_c'],
  [`${OWN}_gho`, undefined],
  ['_prisma_migrations', undefined],
  ['events_new', undefined],
])('%s was named after %s', (name, expected) => {
  expect(changedTableOf(name)).toBe(expected);
});
