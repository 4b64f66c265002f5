import * as z from 'zod';
import type { SnapshotHeader } from '../snapshot/snapshot.ts';

const count = z.int().nonnegative();

/** The first line of a snapshot. Keys that a later version adds are passed over. */
export const snapshotHeaderSchema = z.object({
  fanfold: z.literal('snapshot'),
  format: z.literal(1),
  tool: z.string(),
  madeAt: z.string(),
  bundle: z.string(),
  ground: z.object({
    product: z.string(),
    isMariaDb: z.boolean(),
    version: z.string(),
    charset: z.string(),
    collation: z.string(),
    settings: z.record(z.string(), z.string()),
  }),
  isZoned: z.boolean(),
  definitionsHash: z.string(),
  rowsHash: z.string(),
  tables: count,
  rows: count,
  statements: count,
  longest: count,
  bytes: count,
  hash: z.string(),
  left: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<SnapshotHeader>;
