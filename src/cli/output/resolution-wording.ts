import type { ResolutionKind } from '../../core/resolve/resolution.ts';

/** The question of a resolution, and its message afterwards. */
export const RESOLUTION_WORDING: Record<
  ResolutionKind,
  { question(migration: string, where: string): string; readonly done: string }
> = {
  applied: {
    question: (migration, where) => `Mark ${migration} as applied${where}?`,
    done: 'is marked as applied',
  },
  retry: {
    question: (migration, where) =>
      `Run ${migration} from the start next time${where}? Its journal will be discarded.`,
    done: 'will run from the start next time',
  },
  revert: {
    question: (migration, where) =>
      `Run the down of ${migration}${where}? Its journal will be discarded.`,
    done: 'is rolled back',
  },
};

/** Follows the migration in a question about several tenants. */
export const IN_EACH = ' in each of them';

/** The question of a resolution that somebody vouches for. */
export function questionByHand(kind: ResolutionKind, migration: string, where: string): string {
  return kind === 'revert'
    ? `Mark ${migration} as rolled back by hand${where}? No code is run.`
    : RESOLUTION_WORDING[kind].question(migration, where);
}
