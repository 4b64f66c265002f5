import { describe, expect, it } from 'vitest';
import type { LambdaHandler } from '../../lambdas/create-lambda.ts';
import { createHandler as createLister } from '../../lambdas/list-tenants.ts';
import { createHandler as createMigrator } from '../../lambdas/migrate-tenant.ts';
import { nameCentralSecret } from '../../lambdas/name-central-secret.ts';
import { createHandler as createOperator } from '../../lambdas/operate.ts';
import { createHandler as createProvisioner } from '../../lambdas/provision-tenant.ts';
import { createHandler as createReducer } from '../../lambdas/reduce-outcomes.ts';
import { createHandler as createSettler } from '../../lambdas/settle-run.ts';
import { createHandler as createWatcher } from '../../lambdas/watch-digests.ts';
import { awsError } from '../../src/adapters/aws/aws-error.ts';
import { readSecretText } from '../../src/adapters/aws/secret-text.ts';
import { centralDatabaseError } from '../../src/adapters/server/central-database-error.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { EXECUTION } from '../support/step-run-store-contract.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { INVOCATION, keptLog } from './support/invocation.ts';

const execution = { ...EXECUTION, name: 'run-1', redriveCount: 0 };
const round = {
  ...{ wave: 1, round: 1, members: 'wave' },
  ...{ automatic: 0, retriesFrom: 1, failedElsewhere: 0 },
};
const REDRIVE = 'Then press Redrive.';
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:central-AbCdEf';

function thrownAs(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

const secretRefused = (keySetting: string) =>
  rejectionOf(
    readSecretText(
      { send: () => Promise.reject(thrownAs('AccessDeniedException', 'not authorized')) } as never,
      ARN,
      'the encryption key',
      keySetting,
    ),
  );

/** Errors that a function meets, and words which only the right reader can use. */
const ERRORS: Readonly<Record<string, () => Promise<unknown>>> = {
  'a denied secret': () => secretRefused('"encryptionKeySecretKeyArn"'),
  'a denied call': async () =>
    awsError(thrownAs('AccessDenied', 'not authorized'), {
      action: 'read the run store',
      caller: 'function',
    }),
  'an unreachable AWS': async () =>
    awsError(thrownAs('TimeoutError', 'connect ETIMEDOUT'), {
      action: 'read the run store',
      caller: 'function',
    }),
  'a missing secret': () =>
    rejectionOf(
      readSecretText(
        { send: () => Promise.reject(thrownAs('ResourceNotFoundException', 'gone')) } as never,
        ARN,
        'the encryption key',
        'x',
      ),
    ),
  'a refused login of the central database': async () =>
    nameCentralSecret(
      centralDatabaseError(
        'access-denied',
        { host: 'central', port: 3306, database: 'central', user: 'fanfold' },
        'So it is.',
      ),
      ARN,
    ),
};

type Make = (wire: () => Promise<never>) => LambdaHandler<unknown>;
const log = keptLog();

/** Each function and event, and how its caller has the work done once more. */
const CALLS: readonly (readonly [
  name: string,
  make: Make,
  event: unknown,
  end: string | undefined,
])[] = [
  [
    'ListTenants',
    (wire) => createLister([], {}, wire, log),
    { step: 'list', execution, round },
    REDRIVE,
  ],
  [
    'RecordOutcomes',
    (wire) => createLister([], {}, wire, log),
    { step: 'record', execution, round },
    REDRIVE,
  ],
  ['WarmUp', (wire) => createMigrator([], {}, wire, log), { step: 'warm' }, REDRIVE],
  [
    'ReduceOutcomes',
    (wire) => createReducer(wire, log),
    { execution, round, breakerTripped: false },
    REDRIVE,
  ],
  [
    'ReadDigests',
    (wire) => createWatcher([], {}, wire, log),
    { step: 'before', execution, round },
    REDRIVE,
  ],
  [
    'OpenRun',
    (wire) => createSettler(wire, log),
    { step: 'open', execution, request: {} },
    REDRIVE,
  ],
  [
    'closing for fanfold stop',
    (wire) => createSettler(wire, log),
    { step: 'close', execution },
    undefined,
  ],
  [
    'an event of EventBridge',
    (wire) => createSettler(wire, log),
    { step: 'ended', execution },
    undefined,
  ],
  [
    'ProvisionTenant',
    (wire) => createProvisioner([], {}, wire, log),
    {
      step: 'account',
      enteredAt: '2026-11-23T06:00:00.000Z',
      progress: {
        ...{ tenantId: 't1', slug: 'acme', status: 'PROVISIONING', steps: [] },
        ...{ applied: 0, paused: false },
      },
    },
    REDRIVE,
  ],
  [
    'the function for operators',
    (wire) => createOperator([], {}, wire, log),
    { fanfold: '0.1.0', operation: 'count', request: {} },
    undefined,
  ],
];

describe.each(CALLS)('the advice of %s', (name, make, event, end) => {
  it.each(Object.keys(ERRORS))(`the advice of ${name} is for who reads it: %s`, async (kind) => {
    const cause = (await ERRORS[kind]?.()) as FanfoldError;
    expect(cause).toBeInstanceOf(FanfoldError);
    // The reader of a function's error has no grant to ask for, and no option to give.
    expect(cause.nextStep).not.toMatch(/grantView|grantStart|--aws|redrive/i);
    const handler = make(() => Promise.reject(cause));
    const { message } = (await rejectionOf(handler(event, INVOCATION))) as Error;
    expect(message.includes(REDRIVE)).toBe(end === REDRIVE);
    expect(message).not.toMatch(/press Redrive.*press Redrive/i);
  });
});
