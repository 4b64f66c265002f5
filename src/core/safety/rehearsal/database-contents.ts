/** A value as the server sends it as text; `undefined` is NULL. Binary values are in hexadecimal. */
export type CellText = string | undefined;

/** A column whose values are read. */
export interface ContentColumn {
  readonly name: string;
  /** The type's name in lower case, without length: `varchar`, `datetime`. */
  readonly type: string;
  /** Whether the server computes its values. */
  readonly isGenerated: boolean;
  /** Whether the server numbers its rows. */
  readonly isNumbered: boolean;
  /** Whether the server fills it with the current time, as default or on update. */
  readonly isTimestamped: boolean;
}

/** A table with its rows. */
export interface TableContents {
  /** `CREATE TABLE`, without the counter of generated ids. */
  readonly definition: string;
  /** The next generated id, if the server shows one. */
  readonly counter?: number | undefined;
  readonly columns: readonly ContentColumn[];
  readonly rows: readonly (readonly CellText[])[];
}

/** A view, trigger, routine, event, sequence or library. */
export interface ObjectContents {
  readonly kind:
    | 'view'
    | 'trigger'
    | 'procedure'
    | 'function'
    | 'package'
    | 'package body'
    | 'library'
    | 'event'
    | 'sequence';
  readonly name: string;
  readonly definition: string;
  /** The mode in which it was created. */
  readonly sqlMode?: string | undefined;
  /** The table of a trigger. */
  readonly table?: string | undefined;
}

/** Everything that a scratch database holds, so that it can be compared, and made again. */
export interface DatabaseContents {
  readonly tables: ReadonlyMap<string, TableContents>;
  /** By kind and name: `view active_users`. */
  readonly objects: ReadonlyMap<string, ObjectContents>;
  /** The tables of Knex and Fanfold, which are not compared. */
  readonly bookkeeping: ReadonlyMap<string, TableContents>;
}

/** The contents of an empty database. */
export const NO_CONTENTS: DatabaseContents = {
  tables: new Map(),
  objects: new Map(),
  bookkeeping: new Map(),
};
