import { expect, test, vi } from 'vitest';
import { lintMigrations } from '../../../../src/core/safety/lint/lint-migrations.ts';
import { RULES } from '../../../../src/core/safety/lint/rules/all-rules.ts';
import { recordBundle } from '../../../../src/core/safety/record-bundle.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import { RULE_CASES } from './rule-cases.ts';

vi.setConfig({ testTimeout: 300_000 });

test('every rule about statements finds its fault, and is quiet about the safe way', async () => {
  const { flavour } = testServer();
  const cases = RULE_CASES.filter(({ on }) => on === undefined || on === flavour);
  const migrations = cases.flatMap(({ before = [], fires, quiet }, index) => {
    const name = (step: number, what: string) =>
      `2026${String(index * 10 + step).padStart(10, '0')}_${what}`;
    const send =
      (statements: readonly string[]) =>
      async (knex: { raw(sql: string): PromiseLike<unknown> }) => {
        for (const sql of statements) {
          // A statement that the login may not send counts as well.
          await Promise.resolve(knex.raw(sql)).catch((error: { errno?: number }) => {
            if (![1044, 1142, 1227, 1045].includes(error.errno ?? 0)) throw error;
          });
        }
      };
    const clean = [
      'SET foreign_key_checks = 0',
      'DROP VIEW IF EXISTS v',
      'DROP TABLE IF EXISTS t, p, n, o, N',
      'SET foreign_key_checks = 1',
    ];
    return [
      migration(name(0, 'before'), send(before), { transaction: false }),
      migration(name(1, 'fires'), send(fires), { transaction: false }),
      migration(name(2, 'between'), send([...clean, ...before]), { transaction: false }),
      migration(name(3, 'quiet'), send(quiet), { transaction: false }),
      migration(name(4, 'after'), send(clean), { transaction: false }),
    ];
  });
  const recording = await recordBundle(bundle(...migrations), await scratchServer());
  expect(recording.failure).toBeUndefined();

  const source = { file: 'x.js', tokens: [], allowed: [] };
  const toLint = migrations.map(({ id }) => ({ id, source, down: 'present' as const }));
  const all = Object.fromEntries(RULES.map(({ name }) => [name, 'error' as const]));
  const { findings, withoutStatements } = lintMigrations(toLint, recording, {
    rules: all,
    allow: {},
  });
  expect(withoutStatements).toBe(0);
  const wrong = cases.flatMap(({ rule, fires, quiet }, index) => {
    const found = (what: string, step: number) => {
      const id = `2026${String(index * 10 + step).padStart(10, '0')}_${what}`;
      return findings.some((finding) => finding.migration === id && finding.rule === rule);
    };
    return [
      ...(found('fires', 1) ? [] : [`${rule} is quiet: ${fires.join('; ')}`]),
      ...(found('quiet', 3) ? [`${rule} fires: ${quiet.join('; ')}`] : []),
    ];
  });
  expect(wrong).toEqual([]);
});

test('every rule about statements has a case', () => {
  const covered = new Set(RULE_CASES.map(({ rule }) => rule));
  const names = RULES.filter(({ judges }) => judges === 'statements').map(({ name }) => name);
  // They need a backfill, or hundreds of changes, and are tested with recordings that are made up.
  expect(names.filter((name) => !covered.has(name))).toEqual([
    'constrains-before-backfill',
    'drops-before-backfill',
    'instant-budget',
  ]);
});
