import type { DatabaseAddress } from '../../../core/tenant.ts';

/** Asks the central database before Prisma does, over a connection of the driver. */
export interface Look {
  /** Of the central database, for errors. */
  readonly address: DatabaseAddress;
  rows(sql: string, values?: readonly unknown[]): Promise<LookRow[]>;
  /** The columns that a SELECT yields, in their order. */
  fields(sql: string): Promise<LookField[]>;
}

export type LookRow = Readonly<Record<string, unknown>>;

export interface LookField {
  readonly name: string;
  /** As the driver names it: `VAR_STRING`, `INT`. */
  readonly type: string;
  /** Whether it holds bytes, not characters. */
  readonly isBinary: boolean;
  readonly ignoresCase: boolean;
}

/** A value as text; catalogues hand out some of their texts as bytes. */
export function lookedText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value ?? '');
}
