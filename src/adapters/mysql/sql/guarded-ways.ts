import type { DemandedWay } from './alter-forms.ts';
import type { GuardedStatement } from './guarded-statement.ts';

/** The limits of a statement, once the size of its table is known. */
export interface StatementLimits {
  readonly lock: 'none' | 'shared' | 'any';
  readonly mayCopy: boolean;
}

/**
 * The ways to demand, one after the other, until the server accepts one: each keeps the limits, the first that is
 * accepted is nearest to what the server chooses by itself, and a refusal has no effect. Clauses that the statement
 * has itself stay as they are. `exceeds`: the limit beyond which its own clauses go.
 *
 * Measured on MySQL 8.4 and 9.7 and on MariaDB 10.11 and 11.8:
 * - MySQL: `LOCK=NONE` leaves INSTANT to the server and refuses every copy. `ALGORITHM=INPLACE` rebuilds the table
 *   even for changes that are instant otherwise, so it comes second. A LOCK clause beside INSTANT is error 1221.
 * - MariaDB: `ALGORITHM=INPLACE` is instant if that is possible. `LOCK=NONE` copies from 11.2 on; before, INSTANT and
 *   NOCOPY alone accept changes of engine, order or partitions, and copy.
 */
export function guardedWays(
  { forms: { own }, isOnline }: Extract<GuardedStatement, { guard: 'clauses' }>,
  { lock, mayCopy }: StatementLimits,
  isMariaDb: boolean,
): { readonly ways: readonly DemandedWay[]; readonly exceeds?: 'lock' | 'copy' } {
  const ownLock = own.lock ?? (isOnline ? 'NONE' : undefined);
  if (ownLock !== undefined && RANK[lock] < (OWN_RANK[ownLock] ?? 2))
    return { ways: [], exceeds: 'lock' };
  if (own.algorithm === 'COPY' && !mayCopy) return { ways: [], exceeds: 'copy' };
  // INSTANT takes no lock, and MySQL refuses the other clause beside it.
  if (own.algorithm === 'INSTANT' && !isMariaDb) return { ways: [{}] };
  const inPlace = own.algorithm === undefined ? ({ algorithm: 'INPLACE' } as const) : {};
  const all = isMariaDb
    ? ofMariaDb(own.algorithm, inPlace, { lock, mayCopy })
    : ofMySql(inPlace, { lock, mayCopy });
  return {
    ways: ownLock === undefined ? all : withOwnLock(all, inPlace, mayCopy, isMariaDb, ownLock),
  };
}

const RANK = { none: 0, shared: 1, any: 2 } as const;
const OWN_RANK: Readonly<Record<string, number>> = { NONE: 0, SHARED: 1, EXCLUSIVE: 2 };

function ofMySql(inPlace: DemandedWay, { lock, mayCopy }: StatementLimits): DemandedWay[] {
  const rest: Record<StatementLimits['lock'], DemandedWay[]> = {
    // Never accepted after the first one; its error tells whether it is about the algorithm or the lock.
    none: mayCopy ? [] : [{ ...inPlace, lock: 'NONE' }],
    shared: [mayCopy ? { lock: 'SHARED' } : { ...inPlace, lock: 'SHARED' }],
    any: mayCopy ? [{}] : [inPlace],
  };
  return [{ lock: 'NONE' }, ...rest[lock]];
}

function ofMariaDb(
  own: string | undefined,
  inPlace: DemandedWay,
  { lock, mayCopy }: StatementLimits,
): DemandedWay[] {
  const copying: Record<StatementLimits['lock'], DemandedWay[]> = {
    none: [{ lock: 'NONE' }],
    shared: [{ lock: 'NONE' }, { lock: 'SHARED' }],
    any: [{}],
  };
  const inPlaceOnly: Record<StatementLimits['lock'], DemandedWay[]> = {
    none: [{ ...inPlace, lock: 'NONE' }],
    shared: [
      { ...inPlace, lock: 'NONE' },
      { ...inPlace, lock: 'SHARED' },
    ],
    any: [inPlace],
  };
  // Its own NOCOPY or INSTANT only holds together with a lock, see above.
  if (own === 'NOCOPY' || own === 'INSTANT') return mayCopy ? copying[lock] : [{ lock: 'NONE' }];
  if (own === 'COPY') return copying[lock];
  return [...inPlaceOnly[lock], ...(mayCopy && own === undefined ? copying[lock] : [])];
}

/** The ways for a statement that demands a lock itself. */
function withOwnLock(
  all: readonly DemandedWay[],
  inPlace: DemandedWay,
  mayCopy: boolean,
  isMariaDb: boolean,
  ownLock: string,
): DemandedWay[] {
  // MySQL never copies without a lock.
  if (!isMariaDb) return mayCopy || ownLock === 'NONE' ? [{}] : [inPlace];
  const algorithms = new Set(all.map(({ algorithm }) => algorithm));
  return [...algorithms].map((algorithm) => (algorithm === undefined ? {} : { algorithm }));
}
