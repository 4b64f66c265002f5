import * as z from 'zod';
import type { Definition } from '../shapes/definition.ts';
import type { ExportedShape } from '../shapes/exported-shape.ts';
import type { CreateStatement, Shape } from '../shapes/shape.ts';

const definitionSchema = z.object({
  kind: z.enum([
    'database',
    'table',
    'column',
    'column order',
    'index',
    'foreign key',
    'check',
    'option',
    'partitions',
    'view',
    'sequence',
    'trigger',
    'procedure',
    'function',
    'package',
    'package body',
    'library',
    'event',
    'unseen',
  ]),
  table: z.string().optional(),
  name: z.string(),
  text: z.string(),
}) satisfies z.ZodType<Definition>;

const statementSchema = z.object({
  kind: z.enum([
    'table',
    'sequence',
    'view',
    'trigger',
    'procedure',
    'function',
    'package',
    'package body',
    'library',
    'event',
  ]),
  name: z.string(),
  sql: z.string(),
  sqlMode: z.string().optional(),
  timeZone: z.string().optional(),
}) satisfies z.ZodType<CreateStatement>;

const shapeSchema = z.object({
  fingerprint: z.string(),
  server: z.object({
    product: z.string(),
    isMariaDb: z.boolean(),
    version: z.string(),
    lowerCaseTableNames: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  }),
  // Both become part of a statement without quotes.
  charset: z.string().regex(/^\w+$/),
  collation: z.string().regex(/^\w+$/),
  definitions: z.array(definitionSchema),
  statements: z.array(statementSchema),
}) satisfies z.ZodType<Shape>;

/** A line of a file of shapes. */
export const exportedShapeSchema = z.object({
  shape: shapeSchema,
  tenants: z.int().nonnegative(),
  named: z.array(z.string()),
}) satisfies z.ZodType<ExportedShape>;
