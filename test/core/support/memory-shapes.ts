import type { SchemaState } from '../../../src/core/schema-state.ts';
import type { ReadFleetShapesDependencies } from '../../../src/core/shapes/read-fleet-shapes.ts';
import type { Shape } from '../../../src/core/shapes/shape.ts';

/** The recorded migrations of a tenant. */
export function recordedState(
  names: readonly string[],
  open: SchemaState['open'] = [],
  appliedBy: SchemaState['appliedBy'] = new Map(),
): SchemaState {
  return {
    rows: names.map((name) => ({ name, batch: 1 })),
    checksums: new Map(),
    appliedBy,
    revertedBy: new Map(),
    open,
  };
}

/** Reads tenants whose shapes are these, by the name of the database; all others have the usual one. */
export function readingOf(
  usual: Shape,
  shapes: Readonly<Record<string, Shape>>,
  state: SchemaState,
): ReadFleetShapesDependencies {
  return {
    source: {
      readMany: async (_, databases, onRead) => {
        for (const database of databases) {
          onRead(database, { status: 'read', shape: shapes[database.database] ?? usual, state });
        }
      },
      readOne: () => Promise.reject(new Error('Databases are read together.')),
    },
    passwords: { open: async () => 'secret' },
    findHostReader: () => undefined,
  };
}
