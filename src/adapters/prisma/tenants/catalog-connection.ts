import type { DatabaseAddress } from '../../../core/tenant.ts';

/** A connection of the driver, over which the catalogue of the central database is read before Prisma connects. */
export interface CatalogConnection {
  /** The address of the central database, for error messages. */
  readonly address: DatabaseAddress;
  rows(sql: string, values?: readonly unknown[]): Promise<CatalogRow[]>;
  /** The columns that a SELECT yields, in order. */
  fields(sql: string): Promise<ResultField[]>;
}

export type CatalogRow = Readonly<Record<string, unknown>>;

export interface ResultField {
  readonly name: string;
  /** The driver's name of the type: `VAR_STRING`, `INT`. */
  readonly type: string;
  /** Whether it holds bytes, not characters. */
  readonly isBinary: boolean;
  readonly ignoresCase: boolean;
}

/** A value as text. Catalogues return some of their texts as bytes. */
export function catalogText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value ?? '');
}
