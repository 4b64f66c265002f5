import type { ProgramName } from './online-program.ts';

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
  /** `Fanfold`: a change of a migration. The others were started by hand, or by other tools. */
  readonly by: 'Fanfold' | ProgramName | 'pt-online-schema-change';
  /** Of a change of Fanfold: the program that it started. */
  readonly program?: ProgramName | undefined;
  /** The table that is changed; undefined for a change of Fanfold by gh-ost, whose names have a hash instead. */
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
export const OWN_WORK_TABLE = /^_(fanfold_oc_[0-9a-f]+)_(gho|ghc|ghk|del|spi|try)$/;

/** Tables of a program beside the one that is changed. */
export interface OnlineTables {
  /** The copy with the new definition. */
  readonly copy: string;
  /** The original, after the tables were swapped. */
  readonly old: string;
  /** The checkpoints, from which the program resumes. */
  readonly checkpoints: string;
}

/** Those of gh-ost. */
export interface GhostTables extends OnlineTables {
  /** The heartbeats of a running program, and its messages. */
  readonly heartbeats: string;
}

/** The tables that gh-ost works with, by the name that it is given for them. */
export function ghostTables(workName: string): GhostTables {
  return {
    copy: `_${workName}_gho`,
    old: `_${workName}_del`,
    checkpoints: `_${workName}_ghk`,
    heartbeats: `_${workName}_ghc`,
  };
}

/** The tables that Spirit works with, which it names after the table that it changes. */
export function spiritTables(table: string): OnlineTables {
  return { copy: `_${table}_new`, old: `_${table}_old`, checkpoints: `_${table}_chkpnt` };
}

/** The table that marks those of Spirit as Fanfold's. Its comment is the name of the table that is changed. */
export function spiritMarker(workName: string): string {
  return `_${workName}_spi`;
}

/** An empty table that shows the definition after a change, for a moment. */
export function scratchTable(workName: string): string {
  return `_${workName}_try`;
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
  const groups = new Map<string, Group>();
  const add = (key: string, object: WorkObject, about: Omit<Group, 'of'>) => {
    const group = groups.get(key) ?? { ...about, of: [] };
    group.of.push(object);
    groups.set(key, group);
  };
  /** Tables that Spirit changes for Fanfold. */
  const marked = new Set(objects.flatMap((each) => markedTable(each) ?? []));
  const checkpoints = new Set(
    objects.flatMap(({ name }) => (/_chkpnt$/.test(name) ? (changedTableOf(name) ?? []) : [])),
  );
  const triggered = new Set(objects.flatMap(({ kind, on }) => (kind === 'trigger' && on) || []));
  for (const object of objects) {
    if (object.kind === 'trigger') {
      const table = object.on ?? '';
      add(`pt ${table}`, object, { by: 'pt-online-schema-change', table });
      continue;
    }
    const [, own] = OWN_WORK_TABLE.exec(object.name) ?? [];
    const marks = markedTable(object);
    const [, table = '', suffix = ''] = SUFFIXED.exec(object.name) ?? [];
    if (marks !== undefined) add(`own ${marks}`, object, ownSpirit(marks));
    else if (own !== undefined) add(own, object, { by: 'Fanfold', program: 'gh-ost' });
    else if (marked.has(table) && !OF_GHOST.has(suffix))
      add(`own ${table}`, object, ownSpirit(table));
    else if (!existing.has(table)) continue;
    else if (OF_GHOST.has(suffix)) add(`gh ${table}`, object, { by: 'gh-ost', table });
    else if (checkpoints.has(table)) add(`sp ${table}`, object, { by: 'Spirit', table });
    // A table of this name may be anybody's, unless the triggers are there too.
    else if (triggered.has(table))
      add(`pt ${table}`, object, { by: 'pt-online-schema-change', table });
  }
  return [...groups.values()].map(({ by, program, table, of }) => {
    const tables = of.filter(({ kind }) => kind === 'table');
    const old = tables.find(
      ({ name, comment }) => /_(del|old)$/.test(name) && comment !== GHOST_SENTRY,
    );
    return {
      by,
      ...(program !== undefined && { program }),
      table,
      tables: tables.map(({ name }) => name).sort(),
      triggers: of.flatMap(({ kind, name }) => (kind === 'trigger' ? name : [])).sort(),
      bytes: tables.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      oldRows: old?.name,
    };
  });
}

type Group = Pick<OnlineLeftovers, 'by' | 'program'> & { table?: string; of: WorkObject[] };

const ownSpirit = (table: string) => ({ by: 'Fanfold', program: 'Spirit', table }) as const;

/** The table that a marker of Fanfold's is about; undefined for any other object. */
function markedTable({ name, comment }: WorkObject): string | undefined {
  return OWN_WORK_TABLE.exec(name)?.[2] === 'spi' ? (comment ?? '') : undefined;
}
