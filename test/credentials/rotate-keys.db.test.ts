import { describe, expect, it } from 'vitest';
import { createKeyRingFile } from '../../src/adapters/local/key-ring-file.ts';
import { type KeyRotation, rotateKeys } from '../../src/core/credentials/rotate-keys.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { activeKey, fixedKeyRing, type KeyRing } from '../../src/core/encryption/key-ring.ts';
import { openPassword } from '../../src/core/encryption/open-password.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { createPasswordSealer } from '../../src/core/encryption/password-sealer.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import { crashingProcess } from '../support/crashing.ts';
import type { TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { idOf } from '../support/fleet.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const OLD_KEY = 'the-first-key-of-32-characters!!';
const never = new AbortController().signal;

/** A central database with so many tenants, half of them in version 1, and a file with their key. */
async function createFleet(count: number) {
  const central = await createCentralDatabase();
  const folder = await fixtureFolder({ key: `${OLD_KEY}\n` });
  const file = createKeyRingFile(`${folder}/key`);
  const ring = await file.current();
  const seal = createPasswordSealer(file, 'v2').seal;
  const rows = await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const id = idOf(number);
      const address = { host: 'db1', port: 3306, database: `t${number}_db`, user: `t${number}` };
      const password = passwordOf(number);
      const encrypted =
        number % 2 === 0
          ? encryptPasswordV1(activeKey(ring), password)
          : await seal({ id, address }, password);
      const next = number % 10 === 1 ? await seal({ id, address }, `next-${password}`) : null;
      return [id, `t${number}`, 'name', 'db1', address.database, address.user, encrypted, next];
    }),
  );
  await central.query(
    'INSERT INTO tenants (id, slug, name, dbHost, dbName, dbUser, dbPassword) VALUES ?',
    [rows.map((row) => row.slice(0, -1))],
  );
  await central.query('INSERT INTO fanfold_tenants (tenantId, dbPasswordNext) VALUES ?', [
    rows.map((row) => [row[0], row.at(-1)]),
  ]);
  return { central, folder, file };
}

function passwordOf(number: number): string {
  return `password-of-${number}`;
}

function rotate(
  central: TestDatabase,
  differing: Pick<KeyRotation, 'ring'> & Partial<KeyRotation>,
  signal = never,
) {
  return asking(central, ({ credentials: registry }) =>
    rotateKeys({ registry, keepOld: false, onPage: () => {}, ...differing }, signal),
  );
}

/** That every tenant's password opens with this ring, to what it always was. */
async function expectAllOpen(central: TestDatabase, ring: KeyRing, count: number): Promise<void> {
  await asking(central, async ({ credentials }) => {
    const rows = await credentials.page('', 1_000);
    const opened = rows.map(({ tenant }) => openPassword(ring, tenant));
    expect(opened).toEqual(Array.from({ length: count }, (_, number) => passwordOf(number)));
    for (const { tenant, next } of rows) {
      const open = next && openPassword(ring, { ...tenant, encryptedPassword: next });
      if (next !== null) expect(open).toMatch(/^next-password-of-/);
    }
  });
}

describe('rotating the key', () => {
  it('a rotation of the key adds one, encrypts every password anew and drops the old one', async () => {
    const { central, file, folder } = await createFleet(30);
    const pages: number[][] = [];
    const result = await rotate(central, {
      ring: file,
      onPage: (seen, changed) => pages.push([seen, changed]),
    });

    expect(result).toEqual({
      active: 'k2',
      added: true,
      seen: 30,
      changed: 30,
      failed: [],
      dropped: ['k1'],
      heldBy: [],
      interrupted: false,
    });
    expect(pages).toEqual([[30, 30]]);
    const ring = await createKeyRingFile(`${folder}/key`).current();
    expect([ring.active, ring.v1, ...ring.keys.keys()]).toEqual(['k2', undefined, 'k2']);
    await expectAllOpen(central, ring, 30);
    const rows = await central.query('SELECT dbPassword FROM tenants');
    for (const { dbPassword } of rows) expect(dbPassword).toMatch(/^v2:k2:/);

    expect(await rotate(central, { ring: file })).toMatchObject({ active: 'k3', dropped: ['k2'] });
  });

  it('a rotation of the key keeps the old one on request, and drops it with the next call', async () => {
    const { central, file } = await createFleet(5);
    const first = await rotate(central, { ring: file, keepOld: true });
    expect(first).toMatchObject({ added: true, changed: 5, dropped: [] });
    expect([...(await file.readAgain()).keys.keys()]).toEqual(['k1', 'k2']);
    expect(await rotate(central, { ring: file })).toMatchObject({
      active: 'k2',
      added: false,
      changed: 0,
      dropped: ['k1'],
    });
  });

  it('a rotation of the key keeps the old one while somebody may hold passwords that need it', async () => {
    const { central, file } = await createFleet(3);
    const asked: number[] = [];
    const holders = async () => {
      // Only once every row has the new key does it help to know who began before.
      const rows = await central.query("SELECT 1 FROM tenants WHERE dbPassword LIKE 'v2:k2:%'");
      asked.push(rows.length);
      return asked.length === 1 ? ['the run one'] : [];
    };
    expect(await rotate(central, { ring: file, holders })).toMatchObject({
      changed: 3,
      dropped: [],
      heldBy: ['the run one'],
    });
    expect([...(await file.readAgain()).keys.keys()]).toEqual(['k1', 'k2']);
    expect(await rotate(central, { ring: file, holders })).toMatchObject({
      changed: 0,
      dropped: ['k1'],
      heldBy: [],
    });
    expect(asked).toEqual([3, 3]);
  });

  it('a rotation of the key resumes where it was stopped, twice, past a page, and adds no further key', async () => {
    const { central, file } = await createFleet(620);
    for (const stopAfter of [100, 300]) {
      const stop = new AbortController();
      let changes = 0;
      const result = await asking(central, ({ credentials }) =>
        rotateKeys(
          {
            registry: {
              ...credentials,
              change: (...change) => {
                if (++changes === stopAfter) stop.abort();
                return credentials.change(...change);
              },
            },
            ring: file,
            keepOld: false,
            onPage: () => {},
          },
          stop.signal,
        ),
      );
      expect(result).toMatchObject({ interrupted: true, changed: stopAfter, dropped: [] });
      await expectAllOpen(central, await file.readAgain(), 620);
    }
    expect(await rotate(central, { ring: file })).toMatchObject({
      active: 'k2',
      added: false,
      seen: 620,
      changed: 220,
      dropped: ['k1'],
    });
    await expectAllOpen(central, await file.readAgain(), 620);
  }, 60_000);

  it.each(['before', 'after'] as const)(
    'a rotation of the key leaves no password that cannot be opened when it is killed %s any of its calls',
    async (when) => {
      const { central, file } = await createFleet(4);
      let reachedEnd = false;
      for (let at = 1; !reachedEnd; at += 1) {
        const process = crashingProcess(at, when);
        await asking(central, ({ credentials }) =>
          rotateKeys(
            {
              registry: process.watch(credentials),
              ring: process.watch(file),
              keepOld: false,
              onPage: () => {},
            },
            never,
          ).catch(() => {}),
        );
        reachedEnd = !process.crashed;
        await expectAllOpen(central, await file.readAgain(), 4);
        expect((await file.current()).keys.size).toBeLessThanOrEqual(2);
        expect(at).toBeLessThan(60);
      }
    },
    60_000,
  );

  it('rotating the key does not drop the old one while a password cannot be decrypted, and names its tenant', async () => {
    const { central, file } = await createFleet(3);
    await central.query("UPDATE tenants SET dbPassword = 'nonsense' WHERE slug = 't1'");
    const result = await rotate(central, { ring: file });
    expect(result).toMatchObject({
      changed: 2,
      dropped: [],
      failed: [{ tenant: { slug: 't1' }, failure: { code: 'PasswordFormatInvalid' } }],
    });
    expect((await file.readAgain()).keys.size).toBe(2);
  });

  it('a rotation of the key restores the old one if somebody stored a password under it at the last moment', async () => {
    const { central, file } = await createFleet(2);
    const late = await createPasswordSealer(fixedKeyRing(parseKeyRing(OLD_KEY)), 'v1').seal(
      { id: idOf(0), address: { host: 'db1', port: 3306, database: 't0_db', user: 't0' } },
      passwordOf(0),
    );
    const result = await rotate(central, {
      ring: {
        ...file,
        write: async (ring) => {
          if (ring.keys.size === 1) {
            await central.query("UPDATE tenants SET dbPassword = ? WHERE slug = 't0'", [late]);
          }
          await file.write(ring);
        },
      },
    });
    expect(result).toMatchObject({ dropped: [] });
    await expectAllOpen(central, await file.readAgain(), 2);
    expect(await rotate(central, { ring: file })).toMatchObject({ changed: 1, dropped: ['k1'] });
  });

  it('a rotation of the key keeps the password of another process that changes it at the same time', async () => {
    const { central, file } = await createFleet(2);
    let disturbed = 0;
    await asking(central, ({ credentials }) =>
      rotateKeys(
        {
          registry: {
            ...credentials,
            change: async (row, change) => {
              if (row.tenant.slug === 't0' && disturbed++ < 2) {
                const other = encryptPasswordV1(
                  activeKey(parseKeyRing(OLD_KEY)),
                  `new-${disturbed}`,
                );
                await central.query("UPDATE tenants SET dbPassword = ? WHERE slug = 't0'", [other]);
              }
              return credentials.change(row, change);
            },
          },
          ring: file,
          keepOld: false,
          onPage: () => {},
        },
        never,
      ),
    );
    const ring = await file.readAgain();
    const [row] = await asking(central, ({ credentials }) => credentials.page('', 1));
    expect(row && openPassword(ring, row.tenant)).toBe('new-2');
  });

  it('a rotation of the key does not stop programs that cached the ring: they read it again once', async () => {
    const { central, file, folder } = await createFleet(2);
    const cached = createPasswordOpener(createKeyRingFile(`${folder}/key`));
    const [before] = await asking(central, ({ credentials }) => credentials.page('', 1));
    expect(before && (await cached.open(before.tenant))).toBe(passwordOf(0));
    await rotate(central, { ring: file });
    const [after] = await asking(central, ({ credentials }) => credentials.page('', 1));
    expect(after && (await cached.open(after.tenant))).toBe(passwordOf(0));
  });

  it('a rotation of the key works from a ring that it cannot write, once somebody has added a key to it', async () => {
    const { central } = await createFleet(3);
    const bare = fixedKeyRing(parseKeyRing(OLD_KEY));
    expect(await rejectionOf(rotate(central, { ring: bare }))).toMatchObject({
      code: 'KeyRingNotWritable',
      fault: 'configuration',
    });
    const keys = { k1: OLD_KEY, mine: 'n'.repeat(32) };
    const ring = parseKeyRing(JSON.stringify({ active: 'mine', keys, v1: 'k1' }));
    expect(await rotate(central, { ring: fixedKeyRing(ring) })).toMatchObject({
      active: 'mine',
      added: false,
      changed: 3,
      dropped: [],
    });
    await expectAllOpen(central, ring, 3);
  });
});
