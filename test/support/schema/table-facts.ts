/** Facts on which two descriptions of a table have to agree, in words that compare and read well. */
export interface TableFacts {
  /** By column: `varchar(190) not null`, `int null default 1`. */
  readonly columns: Readonly<Record<string, string>>;
  /** `primary (id)`, `unique (slug)`, `index (status, dbHost)`; sorted. */
  readonly keys: readonly string[];
  /** `(tenantId) to tenants (id) on delete restrict on update restrict`; sorted. */
  readonly foreignKeys: readonly string[];
}

/** By table name. */
export type SchemaFacts = Readonly<Record<string, TableFacts>>;

/** Everything that is said of one column. */
export function columnFact(type: string, nullable: boolean, defaultsTo: string | null): string {
  return [
    type,
    nullable ? 'null' : 'not null',
    ...(defaultsTo === null ? [] : [`default ${plain(defaultsTo)}`]),
  ].join(' ');
}

/** A default as both servers and Prisma can be brought to write it. */
function plain(text: string): string {
  const unquoted = text.replace(/^'(.*)'$/, '$1').replace(/^\((.*)\)$/, '$1');
  return unquoted.replace(/current_timestamp/gi, 'now').replace(/on update/gi, 'on update');
}
