import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createLambda } from '../../lambdas/create-lambda.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { INVOCATION, keptLog } from './support/invocation.ts';

const schema = z.object({ tenant: z.string(), password: z.string() });

function lambda(run: (event: z.infer<typeof schema>, wiring: string) => Promise<number>) {
  const log = keptLog();
  const handler = createLambda({
    log,
    wire: async () => 'wired',
    schema,
    about: ({ tenant }) => ({ tenant }),
    stack: 'Prod',
    run,
    told: (result) => ({ result }),
  });
  return { handler, log };
}

const EVENT = { tenant: 'acme', password: 's3cret' };

describe('createLambda', () => {
  it('parses, runs with its wiring, and logs one line', async () => {
    const { handler, log } = lambda(async ({ tenant }, wiring) => tenant.length + wiring.length);
    expect(await handler({ ...EVENT, more: 1 }, INVOCATION)).toBe(9);
    expect(log.lines).toEqual([{ level: 'info', message: 'done', tenant: 'acme', result: 9 }]);
  });

  it.each([
    [undefined, 'the event: '],
    [null, 'the event: '],
    ['s3cret', 'the event: '],
    [[], 'the event: '],
    [{ tenant: 's3cret' }, 'password: '],
    [{ tenant: ['s3cret'], password: 7 }, 'tenant: '],
  ])('createLambda refuses %j and shows nothing of it', async (event, named) => {
    const { handler, log } = lambda(async () => 1);
    const error = (await rejectionOf(handler(event, INVOCATION))) as Error;
    expect(error).toMatchObject({ name: 'EventInvalid', stack: '' });
    expect(error.message).toContain(named);
    expect(error.message).toContain('retryOf');
    expect(JSON.stringify([error.message, log.lines])).not.toContain('s3cret');
  });

  it('createLambda names the stack in commands of an error, which is read in a console', async () => {
    const { handler } = lambda(async () => {
      throw new FanfoldError('TenantUnknown', 'There is no such tenant.', {
        fault: 'usage',
        nextStep: 'List them: `fanfold tenant:list`',
      });
    });
    expect(await rejectionOf(handler(EVENT, INVOCATION))).toMatchObject({
      message: 'There is no such tenant. List them: `fanfold migrate:status --verbose --aws Prod`',
    });
  });

  it('createLambda logs an expected error without a trace, and a defect with one', async () => {
    const expected = lambda(async () => {
      throw new FanfoldError('SecretMissing', 'There is none.', {
        fault: 'configuration',
        nextStep: 'Create it.',
        cause: new Error('s3cret'),
      });
    });
    expect(await rejectionOf(expected.handler(EVENT, INVOCATION))).toMatchObject({
      name: 'SecretMissing',
    });
    expect(expected.log.lines).toEqual([
      {
        level: 'error',
        message: 'failed',
        tenant: 'acme',
        code: 'SecretMissing',
        problem: 'There is none.',
        nextStep: 'Create it.',
        retryable: false,
      },
    ]);

    const defect = lambda(async () => {
      throw new TypeError('x is undefined');
    });
    expect(await rejectionOf(defect.handler(EVENT, INVOCATION))).toMatchObject({
      name: 'Unexpected',
    });
    expect(defect.log.lines).toEqual([
      expect.objectContaining({
        problem: 'TypeError: x is undefined',
        stack: expect.stringContaining('create-lambda.test.ts'),
      }),
    ]);
  });

  it('createLambda fails the first event with the error of its wiring', async () => {
    const handler = createLambda({
      log: keptLog(),
      wire: () =>
        Promise.reject(
          new FanfoldError('EnvironmentInvalid', 'FANFOLD_TLS is "on".', {
            fault: 'configuration',
            nextStep: 'Deploy.',
          }),
        ),
      schema,
      about: () => ({}),
      run: async () => 1,
      told: () => ({}),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await rejectionOf(handler(EVENT, INVOCATION))).toMatchObject({
      name: 'EnvironmentInvalid',
    });
  });
});
