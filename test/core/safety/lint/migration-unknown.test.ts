import { expect, test } from 'vitest';
import { migrationUnknown } from '../../../../src/core/safety/lint/migration-unknown.ts';

test.for([
  ['2_mor', 'Did you mean "2_more"?'],
  ['something else', 'Name the file of a migration.'],
] as const)('the name "%s" of no migration is refused, with "%s"', ([name, nextStep]) => {
  expect(migrationUnknown(name, ['1_users', '2_more'])).toMatchObject({
    code: 'RequestInvalid',
    message: `The folder has no migration "${name}".`,
    nextStep,
    fault: 'usage',
  });
});
