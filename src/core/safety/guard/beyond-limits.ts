import type { RecordedMigration, ScratchServerFacts, SentStatement } from '../recording.ts';
import type { Blocks } from '../verdict.ts';
import { type EffectiveGuard, isAsserted } from './effective-guard.ts';

/**
 * The key of `safety` that a statement goes beyond; `unseen`: nothing can hold it to the limits; `online`: it goes
 * beyond them, and `onlineChange` has a way on.
 */
export type LimitExceeded = 'lock' | 'copyBytes' | 'unseen' | 'online';

/** First words of statements that may run any other. */
const RUNS_OTHERS: ReadonlySet<string> = new Set(['CALL', 'EXECUTE', 'BEGIN']);

const RANK: Readonly<Record<Blocks, number>> = { nothing: 0, writes: 1, everything: 2 };
const LIMIT = { none: 0, shared: 1, any: 2 } as const;

/** MariaDB copies without a lock from 11.2 on, and does so if a lock is forbidden. */
const COPIES_ONLINE = 11_002_000;

/**
 * The statements of a migration that would be refused in a tenant whose table has rows, by number, as far as the
 * verdicts of a scratch server tell. With a limit for the size, only statements that are refused whatever the size
 * is.
 *
 * @param created tables that pending migrations have created; the migration's own are added
 */
export function beyondLimits(
  { statements }: RecordedMigration,
  guard: EffectiveGuard,
  server: ScratchServerFacts,
  created: Set<string>,
): Map<number, LimitExceeded> {
  const found = new Map<number, LimitExceeded>();
  for (const statement of statements) {
    const tables = statement.changes.flatMap(({ before }) =>
      before === undefined ? [] : [before.name],
    );
    const isNew = tables.length > 0 && tables.every((name) => created.has(name));
    const exceeded = isAsserted(guard) && !isNew ? exceededBy(statement, guard, server) : undefined;
    if (exceeded !== undefined)
      found.set(
        statement.number,
        isOnline(statement, exceeded, guard, server) ? 'online' : exceeded,
      );
    for (const { before, after } of statement.changes) {
      if (after !== undefined && (before === undefined || created.has(before.name)))
        created.add(after.name);
    }
  }
  return found;
}

/** Whether the table is changed beside its users instead. */
function isOnline(
  { verdict, tokens }: SentStatement,
  exceeded: LimitExceeded,
  { onlineChange }: EffectiveGuard,
  { isMariaDb, number }: ScratchServerFacts,
): boolean {
  if (onlineChange === undefined || verdict === undefined || exceeded === 'unseen') return false;
  if (isMariaDb) return number >= COPIES_ONLINE;
  return onlineChange === 'external' && tokens[0] === 'ALTER';
}

function exceededBy(
  { verdict, kind, isRefused, tokens, changes }: SentStatement,
  { lock, copyBytes }: EffectiveGuard,
  server: ScratchServerFacts,
): LimitExceeded | undefined {
  if (isRefused) return undefined;
  if (kind === 'locking') return lock === 'any' ? undefined : 'lock';
  if (kind === 'opaque') return RUNS_OTHERS.has(tokens[0] ?? '') ? 'unseen' : undefined;
  if (verdict === undefined) return undefined;
  if (verdict.how === 'unknown') {
    // `CREATE TABLE … SELECT` only makes a new table.
    const isNew = changes.length > 0 && changes.every(({ before }) => before === undefined);
    return isNew ? undefined : 'unseen';
  }
  if (verdict.how !== 'in place' && verdict.how !== 'copy') return undefined;
  if (verdict.how === 'copy' && copyBytes === 0) return 'copyBytes';
  const mayCopyOnline =
    server.isMariaDb &&
    server.number >= COPIES_ONLINE &&
    copyBytes !== 0 &&
    verdict.how === 'in place';
  return RANK[verdict.blocks] > LIMIT[lock] && !mayCopyOnline ? 'lock' : undefined;
}
