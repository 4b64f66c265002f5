/** A column as `information_schema` describes it. */
export interface TableColumn {
  readonly name: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** In characters; `undefined` for types without a length. */
  readonly length: number | undefined;
  readonly collation: string;
  /** `auto_increment`, `virtual generated` and the like, in lower case. */
  readonly extra: string;
}
