import { expect, test, vi } from 'vitest';
import { repairOf } from '../../../../src/adapters/mysql/shapes/repair-statements.ts';
import { isFanfoldError } from '../../../../src/core/errors.ts';
import { compareShapes, type Difference } from '../../../../src/core/shapes/compare-shapes.ts';
import { testServer } from '../../../support/server.ts';
import { shapeOf } from '../../../support/shapes.ts';
import { DIFFERENCE_KINDS } from './difference-kinds.ts';
import { filled } from './filled-database.ts';

vi.setConfig({ testTimeout: 240_000 });

const KINDS = DIFFERENCE_KINDS.filter(({ on }) => on === undefined || on === testServer().flavour);

/** Kinds that no statement repairs safely, or that a repair has to leave to somebody. */
const BY_HAND = [
  'column order k_column_moved ',
  'column k_virtual_becomes_stored g',
  'option k_size_of_extents AUTOEXTEND_SIZE',
  'option k_statistics STATS_PERSISTENT',
  'option k_tablespace TABLESPACE',
  'option k_system_versioning WITH SYSTEM VERSIONING',
  'sequence  k_step_of_a_sequence',
];

test('repairs make a database with every kind of difference what its migrations make', async () => {
  const expected = await shapeOf(await filled(KINDS, []));
  const database = await filled(KINDS, KINDS);
  const actual = await shapeOf(database);
  const connection = await database.connection();
  const refused: Difference[] = [];
  const failed: string[] = [];
  for (const difference of compareShapes(expected, actual)) {
    try {
      const { statements } = repairOf(difference, { expected, actual });
      for (const sql of statements) await connection.query(sql);
    } catch (error) {
      if (isFanfoldError(error) && error.code === 'RepairByHand') refused.push(difference);
      else failed.push(`${difference.kind} ${difference.table ?? ''} ${difference.name}: ${error}`);
    }
  }
  expect(failed).toEqual([]);
  const keys = (differences: readonly Difference[]) =>
    differences.map(({ kind, table = '', name }) => `${kind} ${table} ${name}`).sort();
  expect(keys(compareShapes(expected, await shapeOf(database)))).toEqual(keys(refused));
  expect(keys(refused).filter((key) => !BY_HAND.includes(key))).toEqual([]);
});
