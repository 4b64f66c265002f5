/** How one statement of a half-applied migration stands. */
export interface StatementStanding {
  /** Position in its migration, from 1. */
  readonly number: number;
  /** SQL with every literal replaced by `?`, at most 500 characters. */
  readonly text: string;
  readonly standing: 'applied' | 'not applied' | 'not known';
}
