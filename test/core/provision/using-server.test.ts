import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { AdminLogin, DatabaseServers } from '../../../src/core/provision/database-server.ts';
import { usingServer } from '../../../src/core/provision/using-server.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryServers } from '../support/memory-servers.ts';

const ADDRESS = { host: 'db1', port: 3306 };

function refused(): FanfoldError {
  return new FanfoldError('AdminAccessDenied', 'The server refuses its administrator.', {
    fault: 'configuration',
    nextStep: 'Correct the login.',
  });
}

/** A server that takes one password, and the logins that a secret has when it is read. */
function rotating(right: string, ...read: readonly string[]) {
  const inner = memoryServers();
  const tried: string[] = [];
  let reads = 0;
  const admins = {
    find: async (): Promise<AdminLogin> => ({ user: 'admin', password: read[reads++] ?? '' }),
  };
  const servers: DatabaseServers = {
    ...inner,
    async using(address, login, work) {
      tried.push(login.password);
      if (login.password !== right) throw refused();
      return inner.using(address, await inner.admins.find(address), work);
    },
  };
  return { admins, servers, tried };
}

describe('usingServer', () => {
  it('usingServer reads the login once if the server accepts it', async () => {
    const { tried, ...ports } = rotating('old', 'old', 'unread');
    expect(await usingServer(ADDRESS, ports, async () => 'done')).toBe('done');
    expect(tried).toEqual(['old']);
  });

  it('usingServer reads a refused login again, which was rotated meanwhile', async () => {
    const { tried, ...ports } = rotating('new', 'old', 'new');
    expect(await usingServer(ADDRESS, ports, async () => 'done')).toBe('done');
    expect(tried).toEqual(['old', 'new']);
  });

  it('usingServer does not try the same login twice', async () => {
    const { tried, ...ports } = rotating('new', 'old', 'old');
    const error = await rejectionOf(usingServer(ADDRESS, ports, async () => 'done'));
    expect(error).toMatchObject({ code: 'AdminAccessDenied' });
    expect(tried).toEqual(['old']);
  });

  it('usingServer gives up after a second login', async () => {
    const { tried, ...ports } = rotating('third', 'first', 'second', 'third');
    await rejectionOf(usingServer(ADDRESS, ports, async () => 'done'));
    expect(tried).toEqual(['first', 'second']);
  });

  it('usingServer never repeats work that has begun', async () => {
    const { tried, ...ports } = rotating('old', 'old', 'new');
    let begun = 0;
    const work = async () => {
      begun += 1;
      throw refused();
    };
    await rejectionOf(usingServer(ADDRESS, ports, work));
    expect({ begun, tried }).toEqual({ begun: 1, tried: ['old'] });
  });
});
