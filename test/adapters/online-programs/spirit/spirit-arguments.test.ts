import { expect, test } from 'vitest';
import { spiritArguments } from '../../../../src/adapters/online-programs/spirit/spirit-arguments.ts';
import { spiritSettings } from '../../../../src/adapters/online-programs/spirit/spirit-settings.ts';

const TASK = {
  login: { host: 'db', port: 3306, database: 'acme', user: 'online', password: 'hunter2' },
  table: 'events',
  clauses: 'MODIFY amount BIGINT',
  workName: 'fanfold_oc_0123456789ab',
  resumes: false,
};
const FILES = { settings: '/f/client.cnf', certificates: undefined };

test('the arguments have no secret, kill nobody and force a copy', () => {
  const args = spiritArguments(TASK, FILES);
  expect(args.join(' ')).not.toContain('hunter2');
  expect(args).toContain('--skip-force-kill');
  expect(args).toContain('--buffered');
  expect(args).toContain('--alter=MODIFY amount BIGINT, FORCE /* fanfold_oc_0123456789ab */');
  expect(args).toContain('--host=db:3306');
  expect(args).toContain('--tls-mode=DISABLED');
});

test('an address of IPv6 gets brackets, and certificates are verified with the name', () => {
  const login = { ...TASK.login, host: '::1' };
  const args = spiritArguments({ ...TASK, login }, { ...FILES, certificates: '/f/ca.pem' });
  expect(args).toContain('--host=[::1]:3306');
  expect(args).toContain('--tls-mode=VERIFY_IDENTITY');
  expect(args).toContain('--tls-ca=/f/ca.pem');
});

test.each([
  ['a#b;c', '`a#b;c`'],
  ['a`b', '"""a`b"""'],
  [' "quoted" ', '` "quoted" `'],
])('a password of the settings: %s', (password, quoted) => {
  expect(spiritSettings('online', password)).toBe(
    `[client]\nuser=\`online\`\npassword=${quoted}\n`,
  );
});

test.each(['%(user)s', 'a\nb', 'a`b"'])(
  'a password that the format cannot have: %s',
  (password) => {
    expect(spiritSettings('online', password)).toBeUndefined();
  },
);
