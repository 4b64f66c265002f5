import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '../../../src/core/bundle/bundle.ts';
import { migrate } from '../../support/migrating.ts';
import type { Names, Subject } from './chaos-case.ts';
import type { ChaosDatabase, ChaosServer } from './chaos-server.ts';
import { type Contents, contentsOf, differencesOf } from './contents.ts';
import { plainMigrate } from './plain-migrate.ts';
import type { ServerError } from './server-error.ts';
import { startStrikeProxy } from './strike-proxy.ts';

/** The results that every point of a case is compared with. */
export interface Ground {
  readonly of: Subject;
  readonly server: ChaosServer;
  /** The database before the first migration. */
  readonly base: Contents;
  /** The result of plain Knex without interruption; with the changed files if there are some. */
  readonly wanted: Contents;
  /** The result of plain Knex with the unchanged files. */
  readonly wantedUnchanged: Contents;
  /** The error of plain Knex, if it failed. */
  readonly plainError: ServerError | undefined;
  /** Commands that an uninterrupted run of Fanfold sends. */
  readonly packets: readonly string[];
  /** The run that nobody stopped: `right`, or what it did otherwise. */
  readonly clean: string;
}

/** Lets plain Knex, and Fanfold uninterrupted, do a case. */
export async function prepareGround(server: ChaosServer, of: Subject): Promise<Ground> {
  const { base, wanted: wantedUnchanged, error } = await byPlainKnex(server, of, of.bundleOf);
  const changed = of.changedBundleOf && (await byPlainKnex(server, of, of.changedBundleOf));
  const database = await server.create(of.base);
  const proxy = await startStrikeProxy(database);
  try {
    const attempt = await migrate({ ...database, port: proxy.port }, of.bundleOf(database.names));
    const found = await readAll(server, of, database);
    // If plain Knex trips over what the migration does to the session, nothing can be compared with it.
    const isBetter =
      attempt.status !== 'failed' && (error !== undefined || isLocked(wantedUnchanged));
    const reference = isBetter ? found : wantedUnchanged;
    return {
      of,
      server,
      base,
      wanted: changed?.wanted ?? reference,
      wantedUnchanged: reference,
      plainError: error,
      packets: proxy.sent,
      clean: judgeClean(of, attempt, error, wantedUnchanged, found),
    };
  } finally {
    proxy.close();
    await server.drop(database);
  }
}

/** {@link prepareGround} for many cases, so many at a time, in their order. */
export async function prepareGrounds(
  server: ChaosServer,
  cases: readonly Subject[],
  concurrency: number,
): Promise<readonly Ground[]> {
  const grounds: Ground[] = [];
  const left = cases.entries();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const [index, of] of left) grounds[index] = await prepareGround(server, of);
    }),
  );
  return grounds;
}

/** Whether a case can be stopped: it ends well, or it does so once its files are changed. */
export function canBeStopped({ clean, of }: Ground): boolean {
  return /^(right|different)/.test(clean) || of.changedBundleOf !== undefined;
}

/** Whether a run that nobody stopped did what plain Knex does: all right, or the same failure. */
export function isFairEnd(clean: string): boolean {
  return /^(right|failed as|refused)\b/.test(clean);
}

function judgeClean(
  of: Subject,
  attempt: Awaited<ReturnType<typeof migrate>>,
  plainError: ServerError | undefined,
  wanted: Contents,
  found: Contents,
): string {
  if (attempt.status === 'failed') {
    const { code, message, errno } = attempt.failure;
    if (plainError === undefined)
      return code === of.refusedAs ? `refused: ${code}` : `failed: ${code}: ${message}`;
    // An error of our own tables has no number, but says it.
    const number = errno ?? Number(/\(error (\d+)\)/.exec(message)?.[1] ?? Number.NaN);
    return Object.is(number, plainError.errno ?? Number.NaN)
      ? `failed as under plain Knex: ${plainError.message}`
      : `failed otherwise: ${code}: ${message}; plain Knex: ${plainError.message}`;
  }
  const open = openRowsOf(found);
  if (open > 0) return `different: ${open} rows are left in the journal`;
  if (plainError !== undefined) return `right, where plain Knex fails: ${plainError.message}`;
  if (isLocked(wanted)) return 'right, where plain Knex leaves its lock';
  const different = differencesFromPlain(wanted, found);
  return different.length === 0 ? 'right' : `different: ${different.join(' | ')}`;
}

function isLocked(contents: Contents): boolean {
  return contents.get('rows of knex_migrations_lock')?.includes('is_locked\\":1') ?? false;
}

/** Differences from what plain Knex made, apart from the tables that only Fanfold has. */
export function differencesFromPlain(wanted: Contents, found: Contents): string[] {
  return differencesOf(withoutOurs(wanted), withoutOurs(found));
}

const withoutOurs = (contents: Contents): Contents =>
  new Map([...contents].filter(([name]) => !/ fanfold_\w+$/.test(name)));

async function byPlainKnex(server: ChaosServer, of: Subject, bundleOf: (names: Names) => Bundle) {
  const database = await server.create(of.base);
  try {
    const base = await readAll(server, of, database);
    const error = await plainMigrate(database, bundleOf(database.names));
    return { base, error, wanted: await readAll(server, of, database) };
  } finally {
    await server.drop(database);
  }
}

/** The contents of a point's database and of the one beside it, without their names. */
export async function readAll(
  server: ChaosServer,
  { random = [] }: Pick<Subject, 'random'>,
  { database, names }: ChaosDatabase,
): Promise<Contents> {
  const renamed = new Map([
    [names.elsewhere, 'ELSEWHERE'],
    [database, 'DATABASE'],
    [server.prefix, 'USER'],
  ]);
  const here = await readSettled(() =>
    contentsOf(server.ask, database, { kind: server.kind, renamed, random }),
  );
  const there = await readSettled(() =>
    contentsOf(server.ask, names.elsewhere, { kind: server.kind, renamed }),
  );
  return new Map([
    ...here,
    ...[...there].map(([name, text]) => [`elsewhere: ${name}`, text] as const),
  ]);
}

/** A statement that outlived its client may drop a table between the list of tables and their contents. */
async function readSettled(read: () => Promise<Contents>): Promise<Contents> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(50);
    }
  }
}

/** Rows of the journal that stand for statements; what is at 0 is a checksum. */
export function openRowsOf(contents: Contents): number {
  const lines = JSON.parse(contents.get('rows of fanfold_journal') ?? '[]') as string[];
  return lines.filter((line) => Number((JSON.parse(line) as { number: unknown }).number) > 0)
    .length;
}
