import { expect, test } from 'vitest';
import {
  spiritClauses,
  spiritStatement,
} from '../../../../src/core/safety/online/spirit-statement.ts';

const change = { workName: 'fanfold_oc_12ab', clauses: 'MODIFY total DECIMAL(12, 2) NOT NULL' };

test('Spirit is kept from changes in place, and its checkpoints tell one change from another', () => {
  expect(spiritClauses(change)).toBe(
    'MODIFY total DECIMAL(12, 2) NOT NULL, FORCE /* fanfold_oc_12ab */',
  );
  expect(spiritStatement('orders', change)).toBe(
    'ALTER TABLE `orders` MODIFY total DECIMAL(12, 2) NOT NULL, FORCE /* fanfold_oc_12ab */',
  );
  expect(spiritStatement('orders', { ...change, workName: 'fanfold_oc_34cd' })).not.toBe(
    spiritStatement('orders', change),
  );
});
