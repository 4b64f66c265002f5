import { expect, test } from 'vitest';
import { forecastTenant } from '../../../../src/core/safety/forecast/forecast-tenant.ts';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import type { MigrationWork } from '../../../../src/core/safety/forecast/recorded-work.ts';
import type { TableSize } from '../../../../src/core/safety/forecast/table-size.ts';
import type { TenantFacts } from '../../../../src/core/safety/forecast/tenant-facts.ts';
import { factsOf, HOST, tableOf, tenantNumbered, workOf } from './forecasting.ts';

function forecast(
  works: readonly MigrationWork[],
  tables: readonly TableSize[],
  more: Partial<TenantFacts> = {},
  pending: readonly string[] = works.map(({ id }) => id),
) {
  return forecastTenant({
    tenant: tenantNumbered(1),
    host: HOST,
    pending,
    works: new Map(works.map((work) => [work.id, work])),
    facts: factsOf(tables, more),
    rates: learnRates([], 8),
  });
}

test('a larger table takes longer, and a constant statement takes the same', () => {
  const copy = workOf('a', {});
  const constant = workOf('a', { kind: 'constant' });
  const ms = (work: MigrationWork, megabytes: number) =>
    forecast([work], [tableOf('t', megabytes)]).ms;
  expect(ms(copy, 100).likely).toBeGreaterThan(ms(copy, 10).likely * 5);
  expect(ms(constant, 100)).toEqual(ms(constant, 10));
  expect(ms(copy, 100).low).toBeLessThan(ms(copy, 100).likely);
  expect(ms(copy, 100).high).toBeGreaterThan(ms(copy, 100).likely);
});

test('a table that the tenant lacks ends the forecast where the migration would fail', () => {
  const works = [
    workOf('a', { tables: ['u'] }),
    workOf('b', {}, { tables: ['gone'] }),
    workOf('c', {}),
  ];
  const { missing, migrations, ms } = forecast(works, [tableOf('t', 1), tableOf('u', 1)]);
  expect(missing).toEqual({ migration: 'b', statement: 2, table: 'gone' });
  expect(migrations.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(ms.likely).toBeGreaterThan(0);
});

test('IF EXISTS does not fail without the table', () => {
  const text = 'drop table if exists `gone`';
  const work = workOf('a', { kind: 'constant', tables: ['gone'], text });
  expect(forecast([work], []).missing).toBeUndefined();
});

test('a table keeps its size under another name, and a new one is empty', () => {
  const works = [
    workOf('a', { kind: 'constant', effects: [{ does: 'rename', table: 't', to: 'u' }] }),
    workOf('b', { tables: ['u'] }),
    workOf('c', { kind: 'constant', tables: [], effects: [{ does: 'create', table: 't' }] }),
    workOf('d', {}),
  ];
  const { migrations, tables } = forecast(works, [tableOf('t', 80)]);
  expect(migrations[1]?.work.copy?.bytes).toBeGreaterThan(79e6);
  expect(migrations[3]?.work.copy?.bytes).toBe(0);
  expect(tables.map(({ name }) => name)).toEqual(['u', 't']);
});

test('names differ by case only if the server distinguishes it', () => {
  const work = workOf('a', { tables: ['Tasks'] });
  expect(forecast([work], [tableOf('tasks', 1)], { isCaseSensitive: true }).missing).toBeDefined();
  expect(
    forecast([work], [tableOf('tasks', 1)], { isCaseSensitive: false }).missing,
  ).toBeUndefined();
});

test('a migration that did not run on the scratch server is named, and not guessed', () => {
  const { unknown, migrations } = forecast([workOf('a', {})], [tableOf('t', 1)], {}, ['a', 'b']);
  expect(unknown).toEqual(['b']);
  expect(migrations).toHaveLength(1);
});

test('temporary disk is that of the statement that needs most, locks those of the longest', () => {
  const works = [
    workOf('a', { kind: 'rebuild', blocks: 'nothing' }),
    workOf('b', { blocks: 'everything', tables: ['small'] }),
    workOf('c', { kind: 'index', passes: 3, blocks: 'nothing' }),
  ];
  const tables = [tableOf('t', 50, { indexBytes: 10e6 }), tableOf('small', 2)];
  const { temporaryBytes, longestLock } = forecast(works, tables);
  expect(temporaryBytes).toBe(150e6);
  expect(longestLock).toMatchObject({ blocks: 'everything', table: 'small' });
});

test.for(['view', 'no statistics', 'old statistics', 'compressed'] as const)(
  'a table with the doubt "%s" has a wider range, with the reason',
  (doubt) => {
    const sure = forecast([workOf('a', {})], [tableOf('t', 10)]);
    const unsure = forecast([workOf('a', {})], [tableOf('t', 10, { doubt })]);
    expect(unsure.ms.high).toBeGreaterThan(sure.ms.high * 2);
    expect(unsure.migrations[0]?.statements[0]?.doubts).toEqual([expect.stringContaining('t ')]);
    // The size does not matter to a statement that changes definitions only.
    const constant = forecast([workOf('a', { kind: 'constant' })], [tableOf('t', 10, { doubt })]);
    expect(constant.migrations[0]?.statements[0]?.doubts).toEqual([]);
  },
);
