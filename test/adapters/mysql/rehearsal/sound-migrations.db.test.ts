import { expect, test } from 'vitest';
import { loadMigrationsFolder } from '../../../../src/adapters/local/migrations-folder.ts';
import { rehearse } from './rehearse.ts';

test('the sample migrations pass their rehearsal without a finding', async () => {
  const [rehearsal] = await rehearse(() => loadMigrationsFolder('demo/migrations'), {
    mostStops: 3,
  });
  const { migrations = [], failure } = rehearsal ?? {};
  expect(failure).toBeUndefined();
  expect(migrations).toHaveLength(6);
  expect(migrations.flatMap(({ findings }) => findings)).toEqual([]);
  expect(migrations.map(({ reversible }) => reversible)).toEqual(migrations.map(() => 'yes'));
  expect(migrations.flatMap(({ stops }) => (stops.right > 0 ? [] : [stops]))).toEqual([]);
}, 180_000);
