import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createShapeSource } from '../../src/adapters/mysql/shape-source.ts';
import type { Shape } from '../../src/core/shapes/shape.ts';
import type { TestDatabase } from './database.ts';

/** Reads shapes as the adapter does. */
export function shapeSource() {
  return createShapeSource({ connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) });
}

/** The shape of a database, read with its own login; fails if it cannot be read. */
export async function shapeOf(database: TestDatabase): Promise<Shape> {
  const reading = await shapeSource().readOne(database, []);
  if (reading.status !== 'read') throw new Error(reading.failure.message);
  return reading.shape;
}
