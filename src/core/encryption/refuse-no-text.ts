import { FanfoldError } from '../errors.ts';

/** Throws `PasswordNotText` for a password that UTF-8 could only store as another one. */
export function refuseNoText(password: string): void {
  if (password.isWellFormed()) return;
  throw new FanfoldError(
    'PasswordNotText',
    'The password holds half a surrogate pair, which UTF-8 cannot store.',
    { fault: 'usage', nextStep: 'Set a password of whole Unicode characters and encrypt that.' },
  );
}
