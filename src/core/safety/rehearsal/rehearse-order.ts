import { type Bundle, createBundle } from '../../bundle/bundle.ts';
import type { SentStatement } from '../recording.ts';
import type { VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import { FIRST_CLOCK } from './rehearsal-context.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import { statementsOf } from './rehearse-both-ways.ts';
import { differencesOf, differenceWords } from './try-stop.ts';

/** Later migrations that are tried before one, at the most. */
const MOST_LATER = 3;

/** A migration, those around it, and the databases in their order. */
export interface OrderGround {
  readonly database: RehearsalDatabase;
  readonly bundle: Bundle;
  /** The place of the migration in the bundle. */
  readonly at: number;
  readonly before: DatabaseContents;
  /** The database after each migration in order, from the first that was not applied at the start. */
  readonly states: readonly DatabaseContents[];
  /** Migrations that were applied at the start. */
  readonly skipped: number;
  readonly varying: VaryingColumns;
  /** The statements that each migration has sent in order. */
  readonly sent: ReadonlyMap<string, readonly SentStatement[]>;
}

/**
 * Applies later migrations first, as on a tenant that had them when this one was merged, and compares. If a later
 * one needs this one, or this one fails after it, nothing can go wrong silently, and nothing is found.
 */
export async function rehearseOrder(ground: OrderGround, found: FindingsList): Promise<void> {
  const { database, bundle, at, before, states } = ground;
  const last = Math.min(bundle.migrations.length - 1, at + MOST_LATER);
  for (let later = at + 1; later <= last; later++) {
    const wanted = states[later - ground.skipped];
    if (wanted === undefined) return;
    await database.restore(before);
    const upTo = bundle.migrations.slice(0, later + 1);
    const without = bundleOf(
      upTo.filter((_, place) => place !== at),
      bundle,
    );
    const first = await makeAttempt(database, planOf(without, 'first'));
    if (first.attempt.status === 'failed') return;
    const second = await makeAttempt(database, planOf(bundleOf(upTo, bundle), 'second'));
    if (second.attempt.status === 'failed') return;
    const differences = differencesOf(wanted, await database.read(), ground.varying);
    if (differences.length === 0) continue;
    const name = upTo[later]?.id ?? '';
    const isSame = upTo.slice(at).every(({ id }) => {
      const sent = statementsOf([...first.statements, ...second.statements], id);
      return textsOf(sent) === textsOf(ground.sent.get(id) ?? []) && !sent.some(isGuarded);
    });
    const details = [`If ${name} was applied first:`, ...differences.map(differenceWords)];
    found.add(isSame ? 'order-matters' : 'depends-on-order', details);
    return;
  }
}

/** Whether the server passes over a statement if its object is there already. */
function isGuarded({ kind, text }: SentStatement): boolean {
  return kind === 'ddl' && /^\w+\s+(?:\w+\s+){1,3}?IF\s+NOT\s+EXISTS\b/i.test(text);
}

function bundleOf(migrations: Bundle['migrations'], { knownIds }: Bundle): Bundle {
  return { ...createBundle(migrations), knownIds };
}

function planOf(bundle: Bundle, run: string) {
  return {
    bundle,
    direction: 'up' as const,
    runId: `rehearsal-order-${run}`,
    clock: FIRST_CLOCK,
    records: true,
  };
}

function textsOf(statements: readonly SentStatement[]): string {
  return statements
    .filter(({ kind }) => kind !== 'read')
    .map(({ text }) => text)
    .join('\n');
}
