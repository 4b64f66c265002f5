/** What repairs a cause in all of its tenants at once, by code. */
const REPAIRS: Readonly<Record<string, string>> = {
  AccessDenied: 'tenant:password --generate',
  PasswordFormatInvalid: 'tenant:password --generate',
  DatabaseMissing: 'migrate:doctor --fix',
  DatabaseAccessDenied: 'migrate:doctor --fix',
  PrivilegeMissing: 'migrate:doctor --fix',
  TenantBusy: 'migrate:doctor --fix',
  ConnectionRefused: 'tenant:move --host <host>',
  ConnectionTimedOut: 'tenant:move --host <host>',
  HostNotFound: 'tenant:move --host <host>',
  HostDown: 'tenant:move --host <host>',
  HalfApplied: 'migrate:resolve',
};

/**
 * The one command that repairs all tenants of a cause of a run, as it is typed; `undefined` if there is none.
 *
 * @param of names the cause, such as `--of last --cause 2`
 */
export function repairCommand(code: string, of: string): string | undefined {
  const command = Object.hasOwn(REPAIRS, code) ? REPAIRS[code] : undefined;
  if (command === undefined) return undefined;
  const [name = '', ...flags] = command.split(' ');
  return ['fanfold', name, of, ...flags].join(' ');
}
