import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CredentialRow } from '../../../src/core/credentials/credential-registry.ts';
import { type KeyRotation, rotateKeys } from '../../../src/core/credentials/rotate-keys.ts';
import { fixedKeyRing } from '../../../src/core/encryption/key-ring.ts';
import { openPassword } from '../../../src/core/encryption/open-password.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { tickingPort } from '../support/memory-servers.ts';

const never = new AbortController().signal;

/** Tenants with passwords under the first key; every third one also has a coming and a migration password. */
async function fleetOf(size: number) {
  const keys = memoryKeyRing();
  const rows: CredentialRow[] = [];
  for (let number = 1; number <= size; number += 1) {
    const plain = tenantOf(number);
    const encryptedPassword = await keys.sealer.seal(plain, `password ${number}`);
    const user = 'migrator';
    const address = { ...plain.address, user };
    const migrationLogin = {
      user,
      encryptedPassword: await keys.sealer.seal({ ...plain, address }, `migrates ${number}`),
    };
    const tenant: Tenant = { ...plain, encryptedPassword };
    rows.push(
      number % 3 === 0
        ? { tenant: { ...tenant, migrationLogin }, next: encryptedPassword }
        : { tenant, next: null },
    );
  }
  const registry = memoryCredentials(rows);
  const rotate = (changes: Partial<KeyRotation> = {}, signal = never) =>
    rotateKeys(
      { registry, ring: keys.store, keepOld: false, onPage: () => {}, ...changes },
      signal,
    );
  const open = (id: string) => {
    const row = registry.rows.get(id);
    if (row === undefined) throw new Error('The row is gone.');
    return openPassword(keys.ring, row.tenant);
  };
  const passwords = () => [...registry.rows.keys()].map(open);
  return { keys, registry, rotate, passwords, ids: rows.map(({ tenant }) => tenant.id) };
}

describe('rotateKeys', () => {
  it('rotateKeys encrypts every password under a new key and drops the old one', async () => {
    const { rotate, keys, passwords, registry } = await fleetOf(7);
    const pages: [number, number][] = [];
    const result = await rotate({ onPage: (seen, changed) => pages.push([seen, changed]) });
    expect(result).toMatchObject({
      ...{ active: 'k2', added: true, seen: 7, changed: 7, failed: [] },
      ...{ dropped: ['k1'], heldBy: [], interrupted: false },
    });
    expect(pages).toEqual([[7, 7]]);
    expect([...keys.ring.keys.keys()]).toEqual(['k2']);
    expect(passwords()).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `password ${number}`));
    for (const { tenant, next } of registry.rows.values()) {
      for (const encrypted of [tenant.encryptedPassword, next, tenant.migrationLogin]) {
        const text = typeof encrypted === 'object' ? encrypted?.encryptedPassword : encrypted;
        if (text) expect(text).toContain('k2');
      }
    }
  });

  it('rotateKeys leaves users who log in by IAM as they are, and needs no old key for them', async () => {
    const { rotate, registry, ids } = await fleetOf(3);
    const [first = '', , third = ''] = ids;
    const keep = (id: string, tenant: Partial<Tenant>) => {
      const row = registry.rows.get(id);
      if (row !== undefined)
        registry.rows.set(id, { tenant: { ...row.tenant, ...tenant }, next: null });
    };
    keep(first, { encryptedPassword: 'iam' });
    keep(third, {
      encryptedPassword: 'iam',
      migrationLogin: { user: 'migrator', encryptedPassword: 'IAM' },
    });
    expect(await rotate()).toMatchObject({ seen: 3, changed: 1, failed: [], dropped: ['k1'] });
    expect(registry.rows.get(third)?.tenant).toMatchObject({
      encryptedPassword: 'iam',
      migrationLogin: { encryptedPassword: 'IAM' },
    });
  });

  it('rotateKeys reads the fleet in pages', async () => {
    const { rotate } = await fleetOf(501);
    const pages: number[] = [];
    await rotate({ onPage: (seen) => pages.push(seen) });
    expect(pages).toEqual([500, 501]);
  });

  it('rotateKeys keeps the old key on request, or while somebody holds copies of rows', async () => {
    const { rotate, keys } = await fleetOf(2);
    expect(await rotate({ keepOld: true })).toMatchObject({ added: true, dropped: [] });
    expect(await rotate({ holders: async () => ['the run of 10:00'] })).toMatchObject({
      ...{ added: false, seen: 2, changed: 0, dropped: [], heldBy: ['the run of 10:00'] },
    });
    expect([...keys.ring.keys.keys()]).toEqual(['k1', 'k2']);
    expect(await rotate()).toMatchObject({ added: false, dropped: ['k1'] });
  });

  it('rotateKeys finishes when repeated, wherever it was killed, and loses no password', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (killAt) => {
        const { rotate, registry, keys, passwords } = await fleetOf(4);
        const before = passwords();
        let calls = 0;
        const tick = () => {
          calls += 1;
          if (calls === killAt) throw new Error('killed');
        };
        await rotate({
          registry: tickingPort(registry, tick),
          ring: tickingPort(keys.store, tick),
        }).catch(() => {});
        expect(passwords()).toEqual(before);
        await rotate();
        expect(passwords()).toEqual(before);
        expect(keys.ring.keys.size).toBeLessThanOrEqual(2);
      }),
      { numRuns: 30 },
    );
  });

  it('rotateKeys stops between two tenants, and resumes without a further key', async () => {
    const { rotate, registry } = await fleetOf(3);
    const stop = new AbortController();
    const change = registry.change;
    registry.change = async (...args) => {
      stop.abort();
      return change(...args);
    };
    expect(await rotate({}, stop.signal)).toMatchObject({
      ...{ seen: 1, changed: 1, interrupted: true, dropped: [] },
    });
    expect(await rotate()).toMatchObject({ added: false, changed: 2, dropped: ['k1'] });
  });

  it('rotateKeys reports a password that does not open, finishes the others and keeps the key', async () => {
    const { rotate, registry, ids, keys } = await fleetOf(3);
    const [, broken = ''] = ids;
    const row = registry.rows.get(broken);
    if (row === undefined) throw new Error('The row is gone.');
    registry.rows.set(broken, { ...row, tenant: { ...row.tenant, encryptedPassword: 'not one' } });
    const result = await rotate();
    expect(result).toMatchObject({ seen: 3, changed: 2, dropped: [] });
    expect(result.failed).toMatchObject([
      { tenant: { id: broken }, failure: { code: 'PasswordFormatInvalid' } },
    ]);
    expect(keys.ring.keys.has('k1')).toBe(true);
  });

  it('rotateKeys gives up on a row that others change every time', async () => {
    const { rotate, registry } = await fleetOf(1);
    registry.change = async () => false;
    expect((await rotate()).failed).toMatchObject([{ failure: { code: 'PasswordKeepsChanging' } }]);
  });

  it('rotateKeys does not count a row that was deleted meanwhile', async () => {
    const { rotate, registry } = await fleetOf(2);
    registry.change = async ({ tenant }) => {
      registry.rows.delete(tenant.id);
      return false;
    };
    expect(await rotate()).toMatchObject({ seen: 2, changed: 0, failed: [] });
  });

  it('rotateKeys restores the old key if a password appears that needs it', async () => {
    const { rotate, registry, keys } = await fleetOf(1);
    const [first] = [...registry.rows.values()];
    const { write } = keys.store;
    keys.store.write = async (ring) => {
      await write(ring);
      if (ring.keys.size === 1 && first !== undefined) registry.rows.set(first.tenant.id, first);
    };
    expect(await rotate()).toMatchObject({ dropped: [] });
    expect([...keys.ring.keys.keys()].sort()).toEqual(['k1', 'k2']);
  });

  it('rotateKeys refuses a ring that cannot be written', async () => {
    const { rotate, keys } = await fleetOf(1);
    await expect(rotate({ ring: fixedKeyRing(keys.ring) })).rejects.toMatchObject({
      code: 'KeyRingNotWritable',
    });
  });

  it('rotateKeys fails as a whole if the central database does', async () => {
    const { rotate, registry } = await fleetOf(2);
    registry.change = async () => {
      throw new FanfoldError('CentralDatabaseUnreachable', 'It does not answer.', {
        fault: 'configuration',
        retryable: true,
        nextStep: 'Retry.',
      });
    };
    await expect(rotate()).rejects.toMatchObject({ code: 'CentralDatabaseUnreachable' });
  });
});
