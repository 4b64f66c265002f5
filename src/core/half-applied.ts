/**
 * The standing of one statement of a half-applied migration:
 * - `applied`: the server answered it, and its effect lasts
 * - `applied, with other values`: a statement with this text was applied, but not with the values that the
 *   file binds now (random values, the time, other rows)
 * - `applied, by another text`: an earlier attempt ran another statement at this position
 * - `undone`: the journal has it as applied, and the database no longer shows its effect
 * - `not applied`: the database shows that it has no effect, or it was never sent
 * - `not known`: it was sent, and nothing shows whether it took effect
 */
export const STANDINGS = [
  'applied',
  'applied, with other values',
  'applied, by another text',
  'undone',
  'not applied',
  'not known',
] as const;

export type Standing = (typeof STANDINGS)[number];

/** One statement of a half-applied migration with its standing. */
export interface StatementStanding {
  /** Position in its migration, from 1. */
  readonly number: number;
  /** SQL as it ran, with every literal replaced by `?`, at most 500 characters. */
  readonly text: string;
  readonly standing: Standing;
  /** Set if the statement belongs to the migration's `down`; absent for its `up`. */
  readonly direction?: 'down' | undefined;
  /** Set if the statement only reads or belongs to a session that is over: it has no lasting effect. */
  readonly leavesNothing?: true | undefined;
  /** Set if the database itself shows its effect, now. */
  readonly isThere?: true | undefined;
  /** Set on the statement at which the last attempt to resume stopped. */
  readonly stoppedHere?: true | undefined;
  /** The statement that the file sends at this position now, as a shape, if it is another text. */
  readonly now?: string | undefined;
}

/** Whether the statement took effect, with whatever values or text. */
export function isApplied({ standing }: Pick<StatementStanding, 'standing'>): boolean {
  return standing.startsWith('applied');
}

/** Why the last attempt to resume a half-applied migration stopped, as the tenant's database keeps it. */
export interface HalfAppliedLabel {
  readonly message: string;
  readonly at: Date;
  readonly statements: readonly StatementStanding[];
}
