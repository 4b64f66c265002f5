import type { Bundle } from '../../bundle/bundle.ts';
import { splitMigrationName } from '../../bundle/bundle.ts';
import type { SchemaState } from '../../schema-state.ts';
import type { TenantRef } from '../../tenant.ts';
import { hashText } from '../../text/hash-text.ts';
import type { Shape } from '../shape.ts';

/** Tenants with one shape and the same recorded migrations. */
export interface DriftGroup {
  /** Identifies the group within its run. */
  readonly id: string;
  readonly shape: Shape;
  /** Recorded migrations that the bundle has, in its order. */
  readonly recorded: readonly string[];
  /** Recorded migrations that the folder does not have. */
  readonly unknown: readonly string[];
  /** A migration that is half-applied, so that the tables are between two versions. */
  readonly open: string | undefined;
  readonly tenants: number;
  /** The slugs of a few: the first ones in alphabetical order. */
  readonly named: readonly string[];
}

const MOST_NAMED = 5;

/** Groups tenants by shape and recorded migrations while they are read. */
export class DriftGroups {
  readonly #bundle: Bundle;
  readonly #groups = new Map<string, DriftGroup>();

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  /** Adds a tenant and returns the id of its group. */
  add({ slug }: Pick<TenantRef, 'slug'>, shape: Shape, { rows, open }: SchemaState): string {
    const ids = new Set(rows.map(({ name }) => splitMigrationName(name).id));
    const { migrations, knownIds } = this.#bundle;
    const recorded = migrations.map(({ id }) => id).filter((id) => ids.has(id));
    const unknown = [...ids].filter((id) => !knownIds.has(id));
    const half = open[0]?.id;
    const key = JSON.stringify([shape.fingerprint, recorded, unknown, half]);
    const known = this.#groups.get(key);
    const id = known?.id ?? hashText(key).toString(36);
    const { tenants = 0, named = [] }: Partial<DriftGroup> = known ?? {};
    this.#groups.set(key, {
      ...(known ?? { id, shape, recorded, unknown, open: half }),
      tenants: tenants + 1,
      named: [...named, slug].sort().slice(0, MOST_NAMED),
    });
    return id;
  }

  all(): DriftGroup[] {
    return [...this.#groups.values()];
  }
}
