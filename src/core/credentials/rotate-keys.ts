import { randomBytes } from 'node:crypto';
import { EncryptionKey } from '../encryption/encryption-key.ts';
import type { KeyRing, KeyRingSource, KeyRingStore } from '../encryption/key-ring.ts';
import { FanfoldError } from '../errors.ts';
import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { Tenant } from '../tenant.ts';
import type { CredentialRegistry } from './credential-registry.ts';
import { needsKeyOtherThan, onlyActive, reencryptRow } from './reencrypt-row.ts';

/** The ports and settings of a key rotation. */
export interface KeyRotation {
  readonly registry: CredentialRegistry;
  /** With `write`, keys are added and dropped; without it only passwords are encrypted anew. */
  readonly ring: KeyRingStore | KeyRingSource;
  /** Leave the old keys in the ring, even if nothing uses them any more. */
  readonly keepOld: boolean;
  /**
   * The holders of copies of earlier rows, such as runs under way, in words. Called once every
   * row is encrypted anew; while there are any, no key is dropped. Default: none.
   */
  readonly holders?: (() => Promise<readonly string[]>) | undefined;
  /** Called after every page: tenants checked, and those of them that were encrypted anew. */
  readonly onPage: (seen: number, changed: number) => void;
}

/** The result of a rotation. */
export interface KeyRotationResult {
  /** The key that passwords are encrypted with now. */
  readonly active: string;
  /** Whether this rotation added that key, or resumed an earlier one. */
  readonly added: boolean;
  /** Tenants checked, and those of them that were encrypted anew. */
  readonly seen: number;
  readonly changed: number;
  /** Tenants that could not be encrypted anew; while there are any, no key is dropped. */
  readonly failed: readonly { readonly tenant: Tenant; readonly failure: Failure }[];
  /** Keys that were dropped. */
  readonly dropped: readonly string[];
  /** Why none was dropped although no row needs an old one: who may hold a copy that does. */
  readonly heldBy: readonly string[];
  /** Whether it was stopped before its end; the same call resumes it. */
  readonly interrupted: boolean;
}

const PAGE = 500;

/**
 * Encrypts every tenant's password with a new key, in version 2. The key ring shows how far an earlier
 * rotation came: if the ring has other keys beside the active one, that rotation resumes, and no further
 * key is added. Each password is read back and opened with the new key alone before the next page, and
 * old keys are dropped only when no row needs them.
 */
export async function rotateKeys(
  rotation: KeyRotation,
  signal: AbortSignal,
): Promise<KeyRotationResult> {
  const { ring: source, registry, keepOld } = rotation;
  await registry.checkWritable();
  const before = await source.readAgain();
  const store = 'write' in source ? source : undefined;
  const added = before.keys.size === 1;
  if (added && store === undefined) throw ringNotWritable();
  const ring = added ? withNewKey(before) : before;
  if (added) await store?.write(ring);

  const pass = await reencryptAll(ring, rotation, signal);
  const result = { active: ring.active, added, ...pass, dropped: [], heldBy: [] };
  const isComplete = !pass.interrupted && pass.failed.length === 0;
  if (!isComplete || keepOld || store === undefined) return result;
  // A listing from now on contains the new key only.
  const heldBy = (await rotation.holders?.()) ?? [];
  if (heldBy.length > 0) return { ...result, heldBy };
  return { ...result, dropped: await dropOldKeys(ring, store, rotation) };
}

/** Adds a key and makes it the active one; the others still open what they encrypted. */
function withNewKey(ring: KeyRing): KeyRing {
  const number = Math.max(
    0,
    ...[...ring.keys.keys()].map((id) => Number(/^k(\d{1,9})$/.exec(id)?.[1] ?? 0)),
  );
  const active = `k${number + 1}`;
  // 192 random bits as 32 characters: a key is the bytes of a text, which a variable can hold.
  const key = new EncryptionKey(Buffer.from(randomBytes(24).toString('base64url')));
  return { ...ring, active, keys: new Map([...ring.keys, [active, key]]) };
}

async function reencryptAll(
  ring: KeyRing,
  { registry, onPage }: KeyRotation,
  signal: AbortSignal,
): Promise<Pick<KeyRotationResult, 'seen' | 'changed' | 'failed' | 'interrupted'>> {
  const failed: { tenant: Tenant; failure: Failure }[] = [];
  let [seen, changed] = [0, 0];
  for (let after = ''; ; ) {
    const rows = await registry.page(after, PAGE);
    for (const row of rows) {
      if (signal.aborted) return { seen, changed, failed, interrupted: true };
      try {
        if (await reencryptRow(row, ring, registry)) changed += 1;
      } catch (error) {
        // A fault of one password is that tenant's failure; a fault of the central
        // database would fail all that follow.
        if (error instanceof FanfoldError && error.fault === 'configuration') throw error;
        failed.push({ tenant: row.tenant, failure: failureOf(error) });
      }
      seen += 1;
    }
    onPage(seen, changed);
    const last = rows[PAGE - 1];
    if (last === undefined) return { seen, changed, failed, interrupted: false };
    after = last.tenant.id;
  }
}

/**
 * Drops all keys but the active one, unless a row needs them. Checks before and after: a process that
 * encrypted a password with the old ring may have stored it in between, and then the keys are restored.
 */
async function dropOldKeys(
  ring: KeyRing,
  store: KeyRingStore,
  { registry }: KeyRotation,
): Promise<string[]> {
  const old = [...ring.keys.keys()].filter((id) => id !== ring.active);
  if (await isAnyNeeded(ring.active, registry)) return [];
  await store.write(onlyActive(ring));
  if (!(await isAnyNeeded(ring.active, registry))) return old;
  await store.write(ring);
  return [];
}

async function isAnyNeeded(active: string, registry: CredentialRegistry): Promise<boolean> {
  for (let after = ''; ; ) {
    const rows = await registry.page(after, PAGE);
    if (rows.some((row) => needsKeyOtherThan(active, row))) return true;
    const last = rows[PAGE - 1];
    if (last === undefined) return false;
    after = last.tenant.id;
  }
}

function ringNotWritable(): FanfoldError {
  return new FanfoldError(
    'KeyRingNotWritable',
    'The key ring has one key, and it is in the environment, to which no other can be added.',
    {
      fault: 'configuration',
      nextStep:
        'Move the key into a file and name that with DB_ENCRYPTION_KEY_FILE; or set DB_ENCRYPTION_KEY to a ring with a new active key yourself (docs/explanation/security.md), then run it again.',
    },
  );
}
