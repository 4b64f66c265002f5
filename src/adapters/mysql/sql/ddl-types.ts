import type { DdlClause } from './ddl-clauses.ts';
import type { DdlObject } from './ddl-object.ts';

/** A DDL statement whose effect can be told from the database: what it is about and what it makes of it. */
export type Ddl =
  | {
      readonly effect: 'create';
      readonly objects: readonly [DdlObject];
      /** Column names of CREATE TABLE, if they are all written down. */
      readonly columns?: readonly string[] | undefined;
    }
  | { readonly effect: 'drop'; readonly objects: readonly DdlObject[] }
  | { readonly effect: 'rename'; readonly objects: readonly [from: DdlObject, to: DdlObject] }
  | {
      readonly effect: 'alter';
      readonly objects: readonly [DdlObject];
      /** Effects that hold afterwards. */
      readonly clauses: readonly DdlClause[];
    }
  /** Has the same effect when it is run twice in a row as when it is run once, and does not fail. */
  | { readonly effect: 'repeatable'; readonly objects: readonly [] };
