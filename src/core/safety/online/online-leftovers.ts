import type { OnlineTables } from './online-program.ts';

/** A table or trigger whose name is one that programs give when they change a table beside its users. */
export interface WorkObject {
  readonly kind: 'table' | 'trigger';
  readonly name: string;
  /** Of a trigger: its table. */
  readonly on?: string | undefined;
  /** Of a table: its comment, and its bytes as the server estimates them. */
  readonly comment?: string | undefined;
  readonly bytes?: number | undefined;
}

/** The objects of one change in a database, beside the table itself. */
export interface OnlineLeftovers {
  /** `Fanfold`: a change of a migration, by gh-ost. The others were started by hand, or by other tools. */
  readonly by: 'Fanfold' | 'gh-ost' | 'pt-online-schema-change' | 'Spirit';
  /** The table that is changed; undefined for a change of Fanfold, whose names have a hash instead. */
  readonly table: string | undefined;
  readonly tables: readonly string[];
  readonly triggers: readonly string[];
  readonly bytes: number;
  /** A table with the rows from before the change. It is dropped only by people. */
  readonly oldRows: string | undefined;
}

/** The comment of the table that gh-ost puts in the place of the old one while it swaps the tables. It has no rows. */
export const GHOST_SENTRY = 'ghost-cut-over-sentry';

/** Names of Fanfold's own changes: `_fanfold_oc_<hash>_<purpose>`. */
export const OWN_WORK_TABLE = /^_(fanfold_oc_[0-9a-f]+)_(gho|ghc|ghk|del)$/;

/** The tables that gh-ost works with, by the name that it is given for them. */
export function ghostTables(workName: string): OnlineTables {
  return {
    copy: `_${workName}_gho`,
    old: `_${workName}_del`,
    checkpoints: `_${workName}_ghk`,
    heartbeats: `_${workName}_ghc`,
  };
}

/** Suffixes of tables by program. Those of pt-online-schema-change and Spirit are the same, but for the checkpoint. */
const SUFFIXED = /^_(.+)_(gho|ghc|ghk|del|chkpnt|new|old)$/;
const OF_GHOST: ReadonlySet<string> = new Set(['gho', 'ghc', 'ghk', 'del']);

/** The name of the table that a program would have named this one after; undefined for any other name. */
export function changedTableOf(name: string): string | undefined {
  return OWN_WORK_TABLE.test(name) ? undefined : SUFFIXED.exec(name)?.[1];
}

/**
 * Groups the tables and triggers of unfinished changes, one group for each change.
 *
 * @param existing the tables that exist among {@link changedTableOf}: a name alone shows nothing
 */
export function onlineLeftovers(
  objects: readonly WorkObject[],
  existing: ReadonlySet<string>,
): OnlineLeftovers[] {
  const groups = new Map<string, { by: OnlineLeftovers['by']; table?: string; of: WorkObject[] }>();
  const add = (by: OnlineLeftovers['by'], key: string, object: WorkObject, table?: string) => {
    const group = groups.get(key) ?? { by, of: [], ...(table !== undefined && { table }) };
    group.of.push(object);
    groups.set(key, group);
  };
  const checkpoints = new Set(
    objects.flatMap(({ name }) => (/_chkpnt$/.test(name) ? (changedTableOf(name) ?? []) : [])),
  );
  const triggered = new Set(objects.flatMap(({ kind, on }) => (kind === 'trigger' && on) || []));
  for (const object of objects) {
    if (object.kind === 'trigger') {
      const table = object.on ?? '';
      add('pt-online-schema-change', `pt ${table}`, object, table);
      continue;
    }
    const [, own] = OWN_WORK_TABLE.exec(object.name) ?? [];
    if (own !== undefined) {
      add('Fanfold', own, object);
      continue;
    }
    const [, table = '', suffix = ''] = SUFFIXED.exec(object.name) ?? [];
    if (!existing.has(table)) continue;
    if (OF_GHOST.has(suffix)) add('gh-ost', `gh ${table}`, object, table);
    else if (checkpoints.has(table)) add('Spirit', `sp ${table}`, object, table);
    // A table of this name may be anybody's, unless the triggers are there too.
    else if (triggered.has(table)) add('pt-online-schema-change', `pt ${table}`, object, table);
  }
  return [...groups.values()].map(({ by, table, of }) => {
    const tables = of.filter(({ kind }) => kind === 'table');
    const old = tables.find(
      ({ name, comment }) => /_(del|old)$/.test(name) && comment !== GHOST_SENTRY,
    );
    return {
      by,
      table,
      tables: tables.map(({ name }) => name).sort(),
      triggers: of.flatMap(({ kind, name }) => (kind === 'trigger' ? name : [])).sort(),
      bytes: tables.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      oldRows: old?.name,
    };
  });
}
