import { describe, expect, it } from 'vitest';
import { cachedLogin } from '../../lambdas/cached-login.ts';
import { centralDatabaseError } from '../../src/adapters/server/central-database-error.ts';
import type { CentralDatabaseLogin } from '../../src/core/central/central-database-login.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const LOGIN: CentralDatabaseLogin = {
  host: 'central.example.com',
  port: 3306,
  database: 'central',
  user: 'fanfold',
  password: 'old',
};

/** A secret, and a server that takes one password. */
function central(right: string) {
  const state = { secret: 'old', right, reads: 0, tries: [] as string[] };
  const using = cachedLogin(async () => {
    state.reads += 1;
    return { ...LOGIN, password: state.secret };
  });
  const ask = () =>
    using(async (login) => {
      state.tries.push(login.password);
      if (login.password === state.right) return 'answer';
      throw centralDatabaseError('access-denied', login, 'Access denied (1045)');
    });
  return { state, ask };
}

describe('cachedLogin', () => {
  it('cachedLogin reads the secret once for all invocations of an environment', async () => {
    const { state, ask } = central('old');
    expect([await ask(), await ask()]).toEqual(['answer', 'answer']);
    expect(state.reads).toBe(1);
  });

  it('cachedLogin reads the secret again if a cached login is refused, and repeats the work with the new login', async () => {
    const { state, ask } = central('old');
    await ask();
    Object.assign(state, { secret: 'new', right: 'new' });
    expect([await ask(), await ask()]).toEqual(['answer', 'answer']);
    expect(state).toMatchObject({ reads: 2, tries: ['old', 'old', 'new', 'new'] });
  });

  it('cachedLogin does not try a refused password again', async () => {
    const { state, ask } = central('old');
    await ask();
    state.right = 'other';
    const error = { code: 'CentralDatabaseAccessDenied' };
    expect(await rejectionOf(ask())).toMatchObject(error);
    expect(state).toMatchObject({ reads: 2, tries: ['old', 'old'] });
    // And begins anew, so that a corrected secret counts without a new environment.
    state.secret = 'other';
    expect(await ask()).toBe('answer');
  });

  it('cachedLogin finds a login that was rotated between reading and connecting', async () => {
    const { state, ask } = central('new');
    const secrets = ['old', 'new'];
    const using = cachedLogin(async () => ({ ...LOGIN, password: secrets.shift() ?? 'unread' }));
    const answer = await using(async (login) => {
      if (login.password === 'new') return 'answer';
      throw centralDatabaseError('access-denied', login, 'Access denied (1045)');
    });
    expect(answer).toBe('answer');
    // A first login that is wrong is read again once, and fails with its own error.
    expect(await rejectionOf(ask())).toMatchObject({ code: 'CentralDatabaseAccessDenied' });
    expect(state).toMatchObject({ reads: 2, tries: ['old'] });
  });

  it('cachedLogin finds a host that was corrected in the secret', async () => {
    const secret = { host: 'old.example.com' };
    const using = cachedLogin(async () => ({ ...LOGIN, ...secret }));
    const ask = () =>
      using(async (login) => {
        if (login.host !== 'old.example.com') return login.host;
        throw centralDatabaseError('unreachable', login, 'connect ECONNREFUSED');
      });
    const error = { code: 'CentralDatabaseUnreachable' };
    expect(await rejectionOf(ask())).toMatchObject(error);
    expect(await rejectionOf(ask())).toMatchObject(error);
    secret.host = 'new.example.com';
    expect(await ask()).toBe('new.example.com');
  });

  it('cachedLogin leaves other errors alone', async () => {
    const using = cachedLogin(async () => LOGIN);
    const lost = centralDatabaseError('lost', LOGIN, 'reset');
    let tries = 0;
    const work = async () => {
      tries += 1;
      throw lost;
    };
    expect(await rejectionOf(using(work))).toBe(lost);
    expect(tries).toBe(1);
  });
});
