import { expect, test } from 'vitest';
import { FanfoldError } from '../../../../src/core/errors.ts';
import { createCheckTenant } from '../../../../src/core/safety/checks/check-tenant.ts';
import type { AskData } from '../../../../src/core/safety/checks/data-answer.ts';
import { MOST_COUNTED } from '../../../../src/core/safety/checks/data-answer.ts';
import { CHECK_KINDS, type DataCheck } from '../../../../src/core/safety/checks/data-check.ts';
import { tenantNamed } from '../tenant-named.ts';

const passwords = { open: async () => 'secret-word' };
const checks = CHECK_KINDS.map(
  (kind): DataCheck => ({
    ...{ id: kind, kind, migration: '1', statement: 1, table: 't', columns: ['a'] },
    ...{ finds: `t.a has ${kind}`, refused: 'always' },
  }),
);

test('a tenant is asked every check with its opened login, and each answer is beside its check', async () => {
  const asked: object[] = [];
  const ask: AskData = async (login, all, { seconds, onAnswer }) => {
    asked.push({ user: login.user, password: login.password, seconds });
    for (const [at, check] of all.entries()) {
      const count = at * MOST_COUNTED;
      onAnswer(check, count === 0 ? CLEAN : { status: 'found', effect: 'refuses', count, key: [] });
    }
  };
  const { answers, failure } = await createCheckTenant({ ask, passwords })(
    tenantNamed('a'),
    checks,
    5,
  );
  expect(failure).toBeUndefined();
  expect(asked).toEqual([{ user: 'migrator', password: 'secret-word', seconds: 5 }]);
  expect(answers.map(({ check }) => check.kind)).toEqual([...CHECK_KINDS]);
  expect(answers.filter(({ answer }) => answer.status === 'clean')).toHaveLength(1);
});

const CLEAN = { status: 'clean' } as const;

test('answers that came before a connection was lost are kept beside the failure', async () => {
  const ask: AskData = async (_, [first], { onAnswer }) => {
    if (first !== undefined) onAnswer(first, CLEAN);
    throw new FanfoldError('ConnectionLost', 'secret-word was sent', {
      fault: 'tenant',
      nextStep: '',
      retryable: true,
    });
  };
  const check = createCheckTenant({ ask, passwords });
  const [one, other] = await Promise.all(
    ['a', 'b'].map((slug) => check(tenantNamed(slug), checks, 5)),
  );
  expect(one?.answers).toEqual([{ check: checks[0], answer: CLEAN }]);
  expect(one?.failure).toMatchObject({ code: 'ConnectionLost', message: '[secret] was sent' });
  // One server, one cause.
  expect(one?.failure?.fingerprint).toBe(other?.failure?.fingerprint);
});

test('a tenant without a password of its migration user is a failure, and is not asked', async () => {
  const ask: AskData = () => Promise.reject(new Error('asked'));
  const half = { ...tenantNamed('a'), migrationLogin: { user: 'm', encryptedPassword: '' } };
  const { answers, failure } = await createCheckTenant({ ask, passwords })(half, checks, 5);
  expect(answers).toEqual([]);
  expect(failure?.code).toBe('AddressIncomplete');
});
