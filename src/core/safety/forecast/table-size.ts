/** The size of a tenant's table, by the server's statistics. */
export interface TableSize {
  readonly name: string;
  /** An estimate of the server: InnoDB counts no rows. */
  readonly rows: number;
  /** Bytes of the rows. */
  readonly dataBytes: number;
  /** Bytes of the secondary indexes. */
  readonly indexBytes: number;
  /** Why the numbers may be wrong, as a clause. */
  readonly doubt?: TableDoubt | undefined;
}

/**
 * Why a table's size may say little about its work:
 * - `view`: it has no rows of its own, and the tables beneath are not known
 * - `no statistics`: the server gives no size
 * - `old statistics`: the table has given out many more numbers than the statistics have rows
 * - `compressed`: the size is that of compressed pages
 */
export type TableDoubt = 'view' | 'no statistics' | 'old statistics' | 'compressed';

/** A table that exists and has no rows, as one that a pending migration creates. */
export function emptyTable(name: string): TableSize {
  return { name, rows: 0, dataBytes: 0, indexBytes: 0 };
}

/** A page of InnoDB: a table without rows has one. */
export const PAGE_BYTES = 16_384;

/** Whether a table may have rows, by its statistics. */
export function hasRows(size: TableSize): boolean {
  return size.doubt !== undefined || size.rows > 0 || totalBytes(size) > PAGE_BYTES;
}

/** Bytes of rows and indexes. */
export function totalBytes({ dataBytes, indexBytes }: TableSize): number {
  return dataBytes + indexBytes;
}
