import { expect, test } from 'vitest';
import {
  onlineChangeBusy,
  onlineChangeFailed,
  onlineChangeRefused,
  onlineProgramMissing,
} from '../../../../src/core/safety/online/online-errors.ts';

test('a refusal on MariaDB names what to do there instead', () => {
  expect(onlineChangeRefused('t', 'It is so.', true).nextStep).toContain("'native'");
  expect(onlineChangeRefused('t', 'It is so.', false).nextStep).toContain('maintenance window');
});

test('only a failure that another attempt may get beyond is retryable', () => {
  const of = { program: 'gh-ost', table: 't', said: 'Lost connection.' };
  expect(onlineChangeFailed(of, true)).toMatchObject({ retryable: true, fault: 'tenant' });
  expect(onlineChangeFailed(of, false)).toMatchObject({ retryable: false, fault: 'migration' });
  expect(onlineChangeBusy('Another is at work.').retryable).toBe(true);
});

test('a missing program is named', () => {
  expect(onlineProgramMissing('gh-ost', 'there is no such program').message).toContain(
    'the program "gh-ost" cannot be started: there is no such program',
  );
});
