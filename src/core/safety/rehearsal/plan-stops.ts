import type { SentStatement } from '../recording.ts';
import { MOMENTS, type Stop } from './stop.ts';

/** The stops of one migration that are tried, and how many there are. */
export interface StopPlan {
  readonly stops: readonly Stop[];
  /** Every statement at every moment. */
  readonly all: number;
}

/** Kinds of statements whose effects outlive a rollback come first, because a stop there is what can go wrong. */
const FIRST: readonly SentStatement['kind'][] = ['ddl', 'opaque', 'write', 'locking'];

/**
 * Chooses at most `most` stops of a migration: statements that change something before those that do not, and among
 * them by chance, but always the same ones for one `seed`.
 */
export function planStops(
  migration: string,
  statements: readonly Pick<SentStatement, 'number' | 'kind'>[],
  { most, seed }: { readonly most: number; readonly seed: number },
): StopPlan {
  const isFirst = ({ kind }: Pick<SentStatement, 'kind'>) => FIRST.includes(kind);
  const stopsOf = (chosen: typeof statements) =>
    chosen.flatMap(({ number }) =>
      MOMENTS.map((moment): Stop => ({ migration, statement: number, moment })),
    );
  // A statement that the server sees in several forms is recorded once.
  const first = stopsOf(statements.filter(isFirst));
  const rest = stopsOf(statements.filter((statement) => !isFirst(statement)));
  const all = first.length + rest.length;
  if (all <= most) return { stops: [...first, ...rest].sort(inOrder), all };
  const random = seededRandom(seed, migration);
  const chosen = [...shuffled(first, random), ...shuffled(rest, random)].slice(0, most);
  return { stops: chosen.sort(inOrder), all };
}

function inOrder(one: Stop, other: Stop): number {
  return (
    one.statement - other.statement || MOMENTS.indexOf(one.moment) - MOMENTS.indexOf(other.moment)
  );
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** A generator of numbers from 0 to 1 (mulberry32), which is the same for the same seed and name. */
export function seededRandom(seed: number, name: string): () => number {
  let state = seed | 0;
  for (const letter of name) state = (Math.imul(state, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
