import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { newLogins } from '../provision/new-logins.ts';
import { provisionTenant } from '../provision/provision-tenant.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { usingServer } from '../provision/using-server.ts';
import type { ServerAddress } from '../tenant.ts';
import { examinePooled, isUnusable } from './examine-pooled.ts';
import { isReady } from './is-ready.ts';
import { migratePooled } from './migrate-pooled.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';
import { poolSettingsHash } from './pool-settings-hash.ts';
import { removePooled } from './remove-pooled.ts';

/** The prefix of names of pooled databases and their users, which tenants keep. */
export const POOL_PREFIX = 'fanfold_pool_';

/** How the pool of one server is filled. */
export interface PoolWish extends ServerAddress {
  /** The number of databases that are kept ready. */
  readonly size: number;
  /** Whether databases that are ready are asked too, and made anew if they are gone or broken. Default: no. */
  readonly examines?: boolean | undefined;
}

/** The result of filling the pool of one server. */
export interface PoolFilling {
  readonly made: number;
  readonly migrated: number;
  readonly removed: number;
  /** Another process fills this pool, so that this one has left it to that. */
  readonly isBusy?: true;
  /** It was paused, and resumes with the next filling. */
  readonly isUnfinished?: true;
  /** Why it ended before the pool was full. */
  readonly failure?: Failure | undefined;
}

type Counts = { -readonly [Part in 'made' | 'migrated' | 'removed']: number };

/**
 * Makes pooled databases of a server until it has as many as wished. Before that it resumes those whose making was
 * interrupted, migrates those that lack migrations, and removes those that were made with other settings or are broken:
 * they have nobody's data. Only one process at a time fills the pool of a server, so that new tenants do not slow down
 * those that work there. Ends at the first failure, which the next filling tries again. Never throws.
 */
export async function fillPool(
  wish: PoolWish,
  provisioning: Provisioning,
  pool: PoolRegistry,
  signal: AbortSignal,
): Promise<PoolFilling> {
  const { host, port } = wish;
  const making: Provisioning = { ...provisioning, registry: pool.provisioning, pool: undefined };
  const settings = poolSettingsHash(provisioning.settings, host);
  let filling: PoolFilling | undefined;
  const fill = async () => {
    filling = await fillAlone(wish, settings, making, pool, signal);
    return filling;
  };
  try {
    const present = await pool.list({ host, port });
    if (wish.examines !== true && isFull(present, wish.size, settings, making)) return NOTHING;
    const lock = await lockName(pool);
    const done = await usingServer({ host, port }, making, (server) =>
      server.ifUnlocked(lock, fill),
    );
    return done ?? { ...NOTHING, isBusy: true };
  } catch (error) {
    // The pool was filled before the connection with the lock was lost, or the central database does not answer.
    if (filling !== undefined) return filling;
    // The server refused the administrator: making a database fails too, and leaves the reason in the list.
    return fill().catch(() => ({ ...NOTHING, failure: failureOf(error) }));
  }
}

const NOTHING = { made: 0, migrated: 0, removed: 0 };

function isFull(
  present: readonly PooledDatabase[],
  size: number,
  settings: string,
  { bundle }: Provisioning,
): boolean {
  return present.length >= size && present.every((each) => isReady(each, bundle.hash, settings));
}

/** Server-wide names have at most 64 characters, and one server may have the tenants of several products. */
async function lockName(pool: PoolRegistry): Promise<string> {
  const of = createHash('sha256').update(await pool.identity());
  return `fanfold-pool:${of.digest('hex').slice(0, 40)}`;
}

async function fillAlone(
  { host, port, size, examines = false }: PoolWish,
  settings: string,
  making: Provisioning,
  pool: PoolRegistry,
  signal: AbortSignal,
): Promise<PoolFilling> {
  const counts: Counts = { ...NOTHING };
  const isPaused = () => signal.aborted || making.pause?.() === true;
  try {
    await pool.tidy({ host, port });
    for (const pooled of await pool.list({ host, port })) {
      if (isPaused()) return { ...counts, isUnfinished: true };
      const ended =
        pooled.settings === settings
          ? await bringUp(pooled, { making, pool, signal, examines, counts })
          : await remove(pooled, { making, pool, counts });
      if (ended !== undefined) return { ...counts, ...ended };
    }
    for (;;) {
      if (isPaused()) return { ...counts, isUnfinished: true };
      const id = randomUUID();
      const name = POOL_PREFIX + randomBytes(4).toString('hex');
      const address = { host, port, database: name, user: name };
      const logins = await newLogins(id, address, making);
      if (!(await pool.reserve({ id, address, settings, ...logins }, size))) return counts;
      const ended = await make(id, { making, signal, counts });
      if (ended !== undefined) return { ...counts, ...ended };
    }
  } catch (error) {
    return { ...counts, failure: failureOf(error) };
  }
}

/** Why filling ends early. */
type Ended = Pick<PoolFilling, 'failure' | 'isUnfinished'> | undefined;

interface Filler {
  readonly making: Provisioning;
  readonly pool: PoolRegistry;
  readonly signal: AbortSignal;
  readonly examines: boolean;
  readonly counts: Counts;
}

/** Makes a database of the list ready to be handed out, or removes it. */
async function bringUp(pooled: PooledDatabase, filler: Filler): Promise<Ended> {
  const { making, pool, examines, counts } = filler;
  const { id, status, schemaVersion } = pooled.tenant;
  if (status !== 'ACTIVE') return make(id, filler);
  const isBehind = schemaVersion !== making.bundle.hash;
  if (!isBehind && !examines) return undefined;
  const state = await examinePooled(pooled.tenant, making);
  if (state.is === 'unusable') return remove(pooled, filler);
  if (state.is === 'ready' && !isBehind) return undefined;
  const migration = await migratePooled(pooled, making, pool);
  if (migration === 'paused') return { isUnfinished: true };
  if (migration !== 'migrated') {
    return isUnusable(migration.failure) ? remove(pooled, filler) : migration;
  }
  counts.migrated += 1;
  return undefined;
}

async function make(
  id: string,
  { making, signal, counts }: Pick<Filler, 'making' | 'signal' | 'counts'>,
): Promise<Ended> {
  const outcome = await provisionTenant(id, making, signal);
  if (outcome.status === 'failed') return { failure: outcome.failure };
  if (outcome.status === 'interrupted') return { isUnfinished: true };
  counts.made += 1;
  return undefined;
}

async function remove(
  pooled: PooledDatabase,
  { making, pool, counts }: Pick<Filler, 'making' | 'pool' | 'counts'>,
): Promise<undefined> {
  if (await removePooled(pooled, making, pool)) counts.removed += 1;
}
