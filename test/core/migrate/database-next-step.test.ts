import { expect, test } from 'vitest';
import { databaseNextStep } from '../../../src/core/migrate/database-next-step.ts';

test.each(['AccessDenied', 'ConnectionRefused', 'DatabaseMissing', 'HostNotFound'])(
  'after %s the next step of a single database is to check its URL',
  (code) => {
    const nextStep = 'Correct dbHost of the tenant: `fanfold tenant:move <tenant>`.';
    expect(databaseNextStep({ code, nextStep })).toContain('that the URL has its host');
  },
);

test('a next step with a command of tenants tells how a single database becomes one', () => {
  const nextStep = 'See the ways out: `fanfold migrate:resolve <tenant>`.';
  const shown = databaseNextStep({ code: 'HalfApplied', nextStep });
  expect(shown).toContain(nextStep);
  expect(shown).toContain('tenant:add --help');
});

test('a next step about the migration itself stays as it is for a single database', () => {
  expect(databaseNextStep({ code: 'TableMissing', nextStep: 'Add the table.' })).toBe(
    'Add the table.',
  );
});
