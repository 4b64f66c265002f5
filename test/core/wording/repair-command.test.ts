import { expect, it } from 'vitest';
import { repairCommand } from '../../../src/core/wording/repair-command.ts';

it('the repair command repairs all tenants of a cause', () => {
  expect(repairCommand('HalfApplied', '--of last')).toBe('fanfold migrate:resolve --of last');
  expect(repairCommand('ConnectionRefused', '--of last --cause 2')).toBe(
    'fanfold tenant:move --of last --cause 2 --host <host>',
  );
});

it('no repair command is named for a cause that no command repairs, or that another version has', () => {
  expect(repairCommand('StatementTooLarge', '--of last')).toBeUndefined();
  expect(repairCommand('OfALaterVersion', '--of last')).toBeUndefined();
  expect(repairCommand('toString', '--of last')).toBeUndefined();
});
