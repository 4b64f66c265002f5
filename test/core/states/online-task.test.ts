import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/core/failure.ts';
import {
  afterOnlineTask,
  needsOnlineTask,
  onlineTaskCommand,
} from '../../../src/core/states/online-task.ts';
import { FIRST, SECOND } from '../../support/step-machine.ts';

const bundle = { migrations: [FIRST, SECOND] };
const REQUEST = { strict: false, allowMissing: false, lockWaitTimeoutSeconds: 10 };
const FAILURE: Failure = {
  code: 'OnlineProgramMissing',
  message: 'The table `t` needs a program.',
  nextStep: 'Do it by hand.',
  retryable: false,
  fingerprint: 'f',
};
const failureAfter = (end: Parameters<typeof afterOnlineTask>[1]) =>
  afterOnlineTask(FAILURE, end, '/logs');

describe('the command of a task', () => {
  it('has the limits of the run, and ends with its last migration', () => {
    const safety = { lock: 'none', copyBytes: '2GiB', queueMs: 500, keep: true } as const;
    const strict = { ...REQUEST, strict: true, allowMissing: true, statementTimeoutSeconds: 60 };
    expect(onlineTaskCommand({ ...strict, safety }, '-7', bundle).join(' ')).toBe(
      `migrate:tenant --to ${SECOND.id} --safety-online-change external --safety-lock none --safety-copy-bytes 2GiB --safety-queue-ms 500 --lock-wait-timeout 10 --statement-timeout 60 --automatic-retries 2 --phase schema --strict --allow-missing --safety-keep -- -7`,
    );
  });

  it('leaves limits out that the run does not have', () => {
    expect(onlineTaskCommand(REQUEST, '7', bundle).join(' ')).toBe(
      `migrate:tenant --to ${SECOND.id} --safety-online-change external --lock-wait-timeout 10 --automatic-retries 2 --phase schema --no-strict --no-allow-missing -- 7`,
    );
  });

  it('is made for migrations, and for no rollback or plan', () => {
    expect(needsOnlineTask({ command: 'migrate' }, FAILURE)).toBe(true);
    expect(needsOnlineTask({ command: 'rollback' }, FAILURE)).toBe(false);
    expect(needsOnlineTask({ command: 'migrate' }, { ...FAILURE, code: 'WouldCopy' })).toBe(false);
  });
});

describe('the failure of a tenant after its task', () => {
  it.each([
    [{}, 'ended well and yet has not changed it'],
    [{ error: 'States.Timeout', cause: '' }, 'maxHoursPerTenant'],
    [
      {
        error: 'States.TaskFailed',
        cause: JSON.stringify({
          Containers: [{ ExitCode: 137, Reason: 'OutOfMemoryError: Container killed' }],
          StoppedReason: 'Essential container in task exited',
        }),
      },
      '(exit code 137, Essential container in task exited, OutOfMemoryError: Container killed)',
    ],
    [
      {
        error: 'States.TaskFailed',
        cause: JSON.stringify({ StoppedReason: 'CannotPullContainerError: not found' }),
      },
      '(CannotPullContainerError: not found)',
    ],
    [
      { error: 'ECS.AccessDeniedException', cause: 'not authorized to perform: iam:PassRole' },
      '(ECS.AccessDeniedException: not authorized to perform: iam:PassRole)',
    ],
    [{ error: 'AmazonECS.Unknown', cause: '[1]' }, '(AmazonECS.Unknown: [1])'],
    [{ error: 'States.TaskFailed', cause: 'null' }, '(States.TaskFailed: null)'],
  ])('says how it ended: %j', (end, words) => {
    const { message, nextStep, code } = failureAfter(end);
    expect(message).toContain(words);
    expect(message.startsWith(FAILURE.message)).toBe(true);
    expect(nextStep).toContain('/logs');
    expect(code).toBe('OnlineProgramMissing');
  });

  it('stays short, however long the cause is', () => {
    expect(failureAfter({ error: 'X', cause: 'x'.repeat(30_000) }).message.length).toBeLessThan(
      700,
    );
  });
});
