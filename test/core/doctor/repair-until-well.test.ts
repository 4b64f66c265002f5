import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/core/doctor/check.ts';
import type { Examination } from '../../../src/core/doctor/examine-tenant.ts';
import { repairUntilWell } from '../../../src/core/doctor/repair-until-well.ts';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import type { FindingCode } from '../../../src/core/note-codes.ts';
import { tenantRef } from '../../../src/core/tenant.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers } from '../support/memory-servers.ts';

/** A tenant with a stored password, on a server that has nothing of it, and its doctor. */
async function broken() {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const tenant = { ...plain, encryptedPassword: await sealer.seal(plain, 'stored') };
  const { database, user } = tenant.address;
  const account = `${user}@%`;
  const freed: string[] = [];
  const { using } = servers;
  servers.using = (address, login, work) =>
    using(address, login, (server) =>
      work({
        ...server,
        freeKnexLock: async (name) => void freed.push(name),
        dropOnlineWork: async (name) => [`_${name}_gho`],
      }),
    );
  const found = (...codes: ErrorCode[]): Examination => ({
    tenant: tenantRef(tenant),
    status: codes.length === 0 ? 'well' : 'unwell',
    checks: codes.map(
      (code): Check => ({
        ...{ name: 'reachable', status: 'wrong', code, message: 'It is wrong.', nextStep: '' },
      }),
    ),
  });
  /** Sees the server as a real examination does, the first fault only. */
  const examine = async (): Promise<Examination> => {
    const stored = servers.accounts.get(account);
    if (!stored?.passwords.includes('stored')) return found('AccessDenied');
    if (!servers.databases.has(database)) return found('DatabaseMissing');
    if (!stored.grants.has(database)) return found('PrivilegeMissing');
    return found();
  };
  const repair = (examination: Examination, failedWith?: ErrorCode) =>
    repairUntilWell(
      { tenant, examination, failedWith },
      { admins: servers.admins, servers, passwords, requireTls: () => true },
      examine,
    );
  return { tenant, servers, account, database, found, examine, repair, freed };
}

describe('repairUntilWell', () => {
  it('repairUntilWell creates the account, the database and the privileges of a tenant that has none of them', async () => {
    const { repair, examine, servers, account, database } = await broken();
    const { after, done } = await repair(await examine());
    expect(after.status).toBe('well');
    expect(done).toHaveLength(3);
    expect(servers.accounts.get(account)).toMatchObject({
      passwords: ['stored'],
      requireTls: true,
    });
    expect(servers.databases.has(database)).toBe(true);
  });

  it('repairUntilWell finds the fault that the first one hid', async () => {
    const { repair, examine, servers, account } = await broken();
    servers.accounts.set(account, { passwords: ['stored'], requireTls: true, grants: new Map() });
    const { after, done } = await repair(await examine());
    expect(after.status).toBe('well');
    expect(done).toEqual([
      expect.stringContaining('CREATE DATABASE'),
      expect.stringContaining('GRANT'),
    ]);
  });

  it('repairUntilWell does not replace the password of an existing account', async () => {
    const { repair, examine, servers, account, tenant } = await broken();
    servers.accounts.set(account, { passwords: ['other'], requireTls: true, grants: new Map() });
    const { after, done } = await repair(await examine());
    expect(done).toEqual([]);
    expect(after.checks.at(-1)).toMatchObject({
      name: 'repair',
      status: 'wrong',
      code: 'AccessDenied',
      nextStep: expect.stringContaining(`tenant:password ${tenant.slug}`),
    });
    expect(servers.accounts.get(account)?.passwords).toEqual(['other']);
  });

  it('repairUntilWell grants privileges that a run has lacked although an examination shows nothing', async () => {
    const { repair, found, servers, account, database } = await broken();
    servers.accounts.set(account, { passwords: ['stored'], requireTls: true, grants: new Map() });
    servers.databases.set(database, { tables: 1, hasMigrationTable: true });
    const { done } = await repair(found(), 'PrivilegeMissing');
    expect(done).toHaveLength(1);
    expect(servers.accounts.get(account)?.grants.has(database)).toBe(true);
  });

  it('repairUntilWell frees a lock that nobody can hold', async () => {
    const { repair, found, servers, account, database, freed } = await broken();
    const grants = new Map([[database, ['ALL']]]);
    servers.accounts.set(account, { passwords: ['stored'], requireTls: true, grants });
    servers.databases.set(database, { tables: 1, hasMigrationTable: true });
    const { after } = await repair(found('KnexLockSet'));
    expect(freed).toEqual([database]);
    expect(after.status).toBe('well');
  });

  it.each<[FindingCode[], string[]]>([
    [['OnlineChangeLeft'], ['DROP TABLE _tenant-001_db_gho']],
    [['OnlineChangeInterrupted'], []],
    [['OnlineChangeOther'], []],
    [['OnlineChangeLeft', 'TenantBusy'], []],
  ])(
    'repairUntilWell drops tables of an online change that nothing will resume: %j',
    async (codes, expected) => {
      const { repair, found, servers, account, database } = await broken();
      const grants = new Map([[database, ['ALL']]]);
      servers.accounts.set(account, { passwords: ['stored'], requireTls: true, grants });
      servers.databases.set(database, { tables: 1, hasMigrationTable: true });
      const checks = codes.map(
        (code): Check =>
          code === 'TenantBusy'
            ? { name: 'fence', status: 'wrong', code, message: 'It is held.', nextStep: '' }
            : {
                name: 'online-changes',
                status: 'note',
                code,
                message: 'It is there.',
                nextStep: '',
              },
      );
      const { done } = await repair({ ...found(), checks });
      expect(done).toEqual(expected);
    },
  );

  it('repairUntilWell changes nothing if only a person can repair it', async () => {
    const { repair, found, servers } = await broken();
    expect(await repair(found('MigrationsMissing'))).toMatchObject({ done: [] });
    expect(servers.accounts.size + servers.databases.size).toBe(0);
  });
});
