import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createNotifyCommand } from '../../../../src/adapters/local/notify/command.ts';
import { runNotification } from '../../../../src/core/notify/run-notification.ts';
import { fixtureFolder } from '../../../support/fixture-folder.ts';
import { rejectionOf } from '../../../support/thrown-by.ts';

const told = runNotification({ runId: 'run-1', command: 'migrate' }, { change: 'started' }, {}, 0);
const env = { PATH: process.env.PATH };

it('a command gets the notification on standard input and in variables, and no secret of ours', async () => {
  const file = join(await fixtureFolder(), 'told');
  const secrets = { DB_ENCRYPTION_KEY: 'the-key', CENTRAL_DATABASE_URL: 'mysql://the-url' };
  const command = `cat > '${file}'; env >> '${file}'`;
  await createNotifyCommand(command, { ...env, ...secrets, TEAM: 'blue' }).send(told);
  const [json = '', ...variables] = (await readFile(file, 'utf8')).split('\n');
  expect(JSON.parse(json)).toEqual(told);
  expect(variables).toEqual(
    expect.arrayContaining(['FANFOLD_CHANGE=started', 'FANFOLD_RUN_ID=run-1', 'TEAM=blue']),
  );
  expect(variables.join('\n')).not.toMatch(/the-key|the-url/);
});

it('a notification succeeds if its command reads nothing', async () => {
  const long = { ...told, reason: 'x'.repeat(1_000_000) };
  await createNotifyCommand('true', env).send(long);
});

it.each([
  ['exit 3', 'it ended with exit code 3.'],
  ['kill -9 $$', 'it ended with SIGKILL.'],
  ['no-such-program-anywhere', 'it ended with exit code 127.'],
  ['sleep 60 & sleep 60', 'it did not end within 0.3 s.'],
])('a notification fails for good if its command is %j', async (command, message) => {
  const error = await rejectionOf(createNotifyCommand(command, env, 300).send(told));
  expect(error).toMatchObject({ code: 'NotificationFailed', retryable: false, message });
});
