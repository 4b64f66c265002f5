import type { DdlClause } from './ddl-clauses.ts';
import type { DdlObject } from './ddl-object.ts';

/** A DDL statement whose effect can be read from the database: its objects and their change. */
export type Ddl =
  | {
      readonly effect: 'create';
      readonly objects: readonly [DdlObject];
      /** The column names of CREATE TABLE, if it lists all of them. */
      readonly columns?: readonly string[] | undefined;
    }
  | { readonly effect: 'drop'; readonly objects: readonly DdlObject[] }
  | { readonly effect: 'rename'; readonly objects: readonly [from: DdlObject, to: DdlObject] }
  | {
      readonly effect: 'alter';
      readonly objects: readonly [DdlObject];
      /** The effects of the clauses. */
      readonly clauses: readonly DdlClause[];
    }
  /** Running the statement twice has the same effect as running it once, and does not fail. */
  | { readonly effect: 'repeatable'; readonly objects: readonly [] };
