import type { Migration } from '../../bundle/bundle.ts';
import { isFanfoldError } from '../../errors.ts';
import { failureOf } from '../../migrate/failure-of.ts';
import type { ExportedShape } from '../../shapes/exported-shape.ts';
import { shortFingerprint } from '../../shapes/shape.ts';
import { asSentence } from '../../wording/as-sentence.ts';
import { countOf } from '../../wording/count-of.ts';
import { type DatabaseContents, NO_CONTENTS } from './database-contents.ts';
import { placeOf, readStages, type Stage, type StagePlace } from './find-stage.ts';
import {
  type CoveredShape,
  type Rehearsal,
  type RehearsedMigration,
  resultOf,
} from './rehearsal.ts';
import type { RehearsalDatabases, RehearsalServer } from './rehearsal-ports.ts';
import { rehearseAll } from './rehearse-all.ts';
import { applyOnly, type RehearseOptions, rehearseOne, type Walk } from './rehearse-one.ts';
import { serverNotes } from './server-notes.ts';

/**
 * Rehearses a bundle's migrations: each alone, then in another order, then all together. Once from an empty
 * database, and once from each shape that is not one of those on the way.
 */
export function rehearseBundle(
  server: RehearsalServer,
  options: RehearseOptions,
): Promise<readonly Rehearsal[]> {
  return server.usingRehearsal(async (databases) => {
    const { shapes = [], readsShapes = shapes.length > 0 } = options;
    const [usual] = shapes;
    const refusal = usual === undefined ? undefined : await setUsualDefaults(databases, usual);
    const servers = options.servers ?? shapes.map(({ shape }) => shape.server);
    const notes = [
      ...(refusal === undefined ? [] : [refusal]),
      ...(databases.other === undefined
        ? ['Another name of the database was not tried, because the login has only one database.']
        : []),
      // Also those whose shapes need no run of their own.
      ...serverNotes(servers, databases.facts),
    ];
    options.progress?.more(options.bundle.migrations.length);
    const empty = { start: NO_CONTENTS, words: 'an empty database', skipped: 0, notes };
    const { rehearsal, walk } = await rehearseFrom(databases, empty, options);
    if (!readsShapes) return [rehearsal];
    const states = walk.states.slice(0, options.bundle.migrations.length);
    const stages = await readStages(databases.first, [NO_CONTENTS, ...states]);
    const rehearsals: Rehearsal[] = [{ ...rehearsal, shapes: coveredBy(stages, 0, options) }];
    const starts = shapes
      .map((exported) => ({ exported, place: placeOf(exported, stages) }))
      // The rehearsal from an empty database has passed the others.
      .filter(({ place }) => place.differences > 0 && !isComplete(place, options));
    for (const { place } of starts) {
      options.progress?.more(options.bundle.migrations.length - place.applied);
    }
    for (const start of starts) {
      rehearsals.push(await rehearseOrExplain(databases, start, stages, options));
    }
    return rehearsals;
  });
}

interface Start {
  readonly start: DatabaseContents;
  readonly words: string;
  readonly skipped: number;
  readonly notes: readonly string[];
}

async function rehearseFrom(
  databases: RehearsalDatabases,
  { start, words, skipped, notes }: Start,
  options: RehearseOptions,
): Promise<{ readonly rehearsal: Rehearsal; readonly walk: Walk }> {
  const { bundle, isRehearsed = () => true } = options;
  const lists = { rehearsed: [], states: [], sent: new Map(), varying: new Set<string>() };
  const walk: Walk = { ...lists, skipped, isStable: true };
  for (const migration of bundle.migrations.slice(skipped)) {
    options.progress?.started(migration.id, words);
    const step = { migration, start, before: walk.states.at(-1) ?? start, walk };
    const after = isRehearsed(migration.id)
      ? await rehearseOne(databases, step, options)
      : await applyOnly(databases.first, step, options);
    options.progress?.finished(after === undefined || isWrong(walk.rehearsed.at(-1), migration));
    if (after === undefined) break;
    walk.states.push(after);
  }
  if (walk.isStable) await rehearseAll(databases.first, start, walk, options);
  const { rehearsed: migrations, failure } = walk;
  const rehearsal = { server: databases.facts, start: words, migrations, shapes: [], notes };
  return { rehearsal: { ...rehearsal, ...(failure !== undefined && { failure }) }, walk };
}

function isWrong(last: RehearsedMigration | undefined, { id }: Migration): boolean {
  return last?.id === id && resultOf(last.findings) === 'wrong';
}

/**
 * The shapes on the way, from which every later migration was rehearsed.
 *
 * @param from the number of migrations that the first stage has applied
 */
function coveredBy(
  stages: readonly Stage[],
  from: number,
  { bundle, isRehearsed = () => true }: RehearseOptions,
): CoveredShape[] {
  return stages.flatMap(({ shape: { fingerprint } }, at): CoveredShape[] => {
    const pending = bundle.migrations.slice(from + at).map(({ id }) => id);
    return pending.every(isRehearsed) ? [{ fingerprint, pending }] : [];
  });
}

/** Whether tenants have recorded every migration, so that nothing runs there. */
function isComplete({ applied, isRecorded }: StagePlace, { bundle }: RehearseOptions): boolean {
  return isRecorded === true && applied === bundle.migrations.length;
}

interface ShapeStart {
  readonly exported: ExportedShape;
  readonly place: StagePlace;
}

/** One shape that the server refuses says nothing about the others, which are rehearsed all the same. */
async function rehearseOrExplain(
  databases: RehearsalDatabases,
  start: ShapeStart,
  stages: readonly Stage[],
  options: RehearseOptions,
): Promise<Rehearsal> {
  try {
    return await rehearseShape(databases, start, stages, options);
  } catch (error) {
    if (!isFanfoldError(error) || error.code !== 'ShapeNotRestored') throw error;
    const failure = failureOf(error);
    const { applied } = start.place;
    for (const { id } of options.bundle.migrations.slice(applied)) {
      options.progress?.started(id, shapeWords(start.exported));
      options.progress?.finished(true);
    }
    const common = { server: databases.facts, migrations: [], shapes: [], notes: [] };
    return { ...common, start: shapeWords(start.exported), failure };
  }
}

/** Rehearses what a shape lacks. */
async function rehearseShape(
  databases: RehearsalDatabases,
  { exported, place }: ShapeStart,
  stages: readonly Stage[],
  options: RehearseOptions,
): Promise<Rehearsal> {
  const { shape } = exported;
  await databases.first.restore(NO_CONTENTS);
  await setDefaults(databases, { shape });
  const restored = await databases.first.restoreShape(shape);
  const contents = await databases.first.read();
  // The journal and Knex's list are those of a tenant that has applied the same migrations.
  const start = {
    ...contents,
    bookkeeping: stages[place.applied]?.contents.bookkeeping ?? new Map(),
  };
  const pending = options.bundle.migrations.slice(place.applied).map(({ id }) => id);
  const last = options.bundle.migrations[place.applied - 1]?.id;
  const notes = [
    ...restored,
    `It has ${countOf(place.differences, 'difference')} from the database after ${last ?? 'no migration'}, ${
      place.isRecorded === true
        ? 'which is what these tenants have recorded'
        : 'the nearest one, and was taken as one that has applied the same migrations'
    }.`,
    ...unseenNotes(shape),
    ...serverNotes([shape.server], databases.facts),
  ];
  const from = { start, words: shapeWords(exported), skipped: place.applied, notes };
  const { rehearsal, walk } = await rehearseFrom(databases, from, options);
  // A tenant may be left between two migrations, and a later run takes it from there.
  const between = await readStages(databases.first, walk.states.slice(0, pending.length - 1));
  const shapes = [
    { fingerprint: shape.fingerprint, pending },
    ...coveredBy(between, place.applied + 1, options),
  ];
  return { ...rehearsal, shapes };
}

function shapeWords({ shape, tenants, named }: ExportedShape): string {
  return `the shape ${shortFingerprint(shape.fingerprint)} of ${countOf(tenants, 'tenant')} (${named.join(', ')})`;
}

/** Objects that the login could not see are not in the scratch database. */
function unseenNotes({ definitions }: ExportedShape['shape']): string[] {
  const kinds = definitions.filter(({ kind }) => kind === 'unseen').map(({ name }) => name);
  if (kinds.length === 0) return [];
  return [
    `Whether these tenants have ${kinds.join(', ')} is not known, because the login that read them may not see that; here are none.`,
  ];
}

/** The defaults of most tenants for the empty database, or why it cannot have them. */
async function setUsualDefaults(
  databases: RehearsalDatabases,
  usual: ExportedShape,
): Promise<string | undefined> {
  try {
    await setDefaults(databases, usual);
    return undefined;
  } catch (error) {
    if (!isFanfoldError(error) || error.code !== 'ShapeNotRestored') throw error;
    return `${asSentence(error.message)} The empty database has the collation of the server.`;
  }
}

async function setDefaults(
  { first, other }: RehearsalDatabases,
  { shape }: Pick<ExportedShape, 'shape'>,
): Promise<void> {
  await first.setDefaults(shape);
  await other?.setDefaults(shape);
}
