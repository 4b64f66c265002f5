import { expect, test } from 'vitest';
import { ghostArguments } from '../../../../src/adapters/online-programs/ghost/ghost-arguments.ts';

const LOGIN = {
  host: '2001:db8::1',
  port: 3307,
  database: 'acme',
  user: 'root',
  password: 'hunter2-secret',
};
const TASK = {
  login: LOGIN,
  table: 'tasks',
  clauses: 'MODIFY a BIGINT',
  workName: 'fanfold_oc_1',
  resumes: false,
};
const FILES = { settings: '/tmp/a/client.cnf', socket: '/tmp/a/s', certificates: undefined };

test('no argument has the login, because others on the machine see arguments', () => {
  const text = ghostArguments(TASK, FILES).join(' ');
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('root');
});

test('lost rows and cut values end the program', () => {
  expect(ghostArguments(TASK, FILES)).toContain('--panic-on-warnings');
});

test('the same change has the same replica id in each attempt, and other databases have another', () => {
  const idOf = (task: typeof TASK) =>
    ghostArguments(task, FILES).find((each) => each.startsWith('--replica-server-id='));
  expect(idOf({ ...TASK, resumes: true })).toBe(idOf(TASK));
  expect(idOf({ ...TASK, login: { ...LOGIN, database: 'beta' } })).not.toBe(idOf(TASK));
});

test('only an attempt that resumes asks for it, and only encrypted connections have certificates', () => {
  expect(ghostArguments(TASK, FILES)).not.toContain('--resume');
  const args = ghostArguments({ ...TASK, resumes: true }, { ...FILES, certificates: '/ca.pem' });
  expect(args).toEqual(expect.arrayContaining(['--resume', '--ssl', '--ssl-ca=/ca.pem']));
});

test('replicas are waited for, beyond the lag that is put up with and no less than gh-ost takes', () => {
  expect(ghostArguments(TASK, FILES).join(' ')).not.toContain('replicas');
  const addresses = [
    { host: 'r1.internal', port: 3306 },
    { host: '2001:db8::7', port: 3307 },
  ];
  const argumentsFor = (maxLagSeconds: number) =>
    ghostArguments({ ...TASK, replicas: { addresses, maxLagSeconds } }, FILES);
  expect(argumentsFor(7.5)).toEqual(
    expect.arrayContaining([
      '--throttle-control-replicas=r1.internal:3306,[2001:db8::7]:3307',
      '--max-lag-millis=7500',
    ]),
  );
  expect(argumentsFor(0.05)).toContain('--max-lag-millis=100');
});
