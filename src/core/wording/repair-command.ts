import { ERROR_CODES, isErrorCode } from '../error-codes.ts';
import type { Remedy } from '../error-kind.ts';

/** Commands that repair all tenants of one cause, by kind of remedy. */
const REPAIRS: Readonly<Partial<Record<Remedy, string>>> = {
  password: 'tenant:password --generate',
  doctor: 'migrate:doctor --fix',
  address: 'tenant:move --host <host>',
  resolve: 'migrate:resolve',
};

/**
 * The command that repairs all tenants of a cause of a run, as it is typed; `undefined` if no single
 * command does.
 *
 * @param code of the cause; a run of another version may have one that is unknown here
 * @param of names the cause, such as `--of last --cause 2`
 */
export function repairCommand(code: string, of: string): string | undefined {
  const command = isErrorCode(code) ? REPAIRS[ERROR_CODES[code].remedy] : undefined;
  if (command === undefined) return undefined;
  const [name = '', ...flags] = command.split(' ');
  return ['fanfold', name, of, ...flags].join(' ');
}
