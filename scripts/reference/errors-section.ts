import { ERROR_CODES } from '../../src/core/error-codes.ts';
import type { ErrorKind, Fault, Remedy, Retryability } from '../../src/core/error-kind.ts';
import { code, markdownTable } from './markdown-table.ts';

const EXIT_CODES: Readonly<Record<Fault, string>> = {
  usage: '2',
  configuration: '3',
  tenant: '1',
  migration: '1',
  fanfold: '70',
};

const RETRYABILITY: Readonly<Record<Retryability, string>> = {
  always: 'yes',
  never: 'no',
  sometimes: 'depends',
};

/** The remedies in words; the error's own next step has the command. */
const REMEDIES: Readonly<Record<Remedy, string>> = {
  wait: 'wait; a later attempt may succeed',
  password: 'set or store a password of the tenant',
  address: 'start the server, or move the tenant',
  doctor: 'let `migrate:doctor --fix` repair it',
  resolve: 'decide with `migrate:resolve`',
  row: "correct the tenant's row",
  key: 'correct the encryption key or the key ring',
  tls: 'set up TLS, or name its authority',
  server: 'ask an administrator of the server',
  data: "correct the tenant's rows",
  migration: 'correct the migration',
  deploy: 'deploy a build or a stack',
  request: 'change the command or the request',
  configuration: 'change the configuration',
  central: 'create, migrate or correct the central database',
  store: 'make the run store accessible',
  machine: 'look at files and programs of the machine',
  aws: 'look at credentials, permissions or quotas of the account',
  log: 'look at the log',
  causes: 'look at the causes that it sums up',
  report: 'report a defect of Fanfold',
};

/** Every error code with its exit code, whether it is retried, and its remedy, out of the registry. */
export function errorsSection(): string {
  const kinds = Object.entries<ErrorKind>(ERROR_CODES).toSorted(([one], [other]) =>
    one.localeCompare(other, 'en'),
  );
  return markdownTable(
    ['code', 'exit code', 'retryable', 'remedy'],
    kinds.map(([name, { fault, otherFault, retryable, remedy }]) => [
      `[${code(name)}](#${name})`,
      [...new Set([fault, ...(otherFault === undefined ? [] : [otherFault])])]
        .map((each) => EXIT_CODES[each])
        .join(' or '),
      RETRYABILITY[retryable],
      REMEDIES[remedy],
    ]),
  );
}
