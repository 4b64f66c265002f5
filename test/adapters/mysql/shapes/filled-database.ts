import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type DifferenceKind, PARENTS, usualTable } from './difference-kinds.ts';

/** A database with a table or object of each kind, and the differences of some. */
export async function filled(
  kinds: readonly DifferenceKind[],
  changed: readonly DifferenceKind[],
): Promise<TestDatabase> {
  const database = await privileged();
  const own = (kind: DifferenceKind, texts: readonly string[]) =>
    texts.map((text) => named(text, kind));
  await send(database, [
    ...PARENTS,
    ...kinds.flatMap((kind) => [
      ...(kind.isBare === true ? [] : [usualTable(tableOf(kind))]),
      ...own(kind, kind.before ?? []),
    ]),
    ...changed.flatMap((kind) => own(kind, kind.change)),
  ]);
  return database;
}

/** A database whose user may create functions and triggers on a server with a binary log. */
export async function privileged(): Promise<TestDatabase> {
  const database = await createDatabase('differences');
  await database.grant('SUPER ON *.*');
  return database;
}

export async function send(database: TestDatabase, texts: readonly string[]): Promise<void> {
  const connection = await database.connection();
  for (const text of texts) {
    await connection.query(text).catch((error: Error) => {
      throw new Error(`${text}: ${error.message}`);
    });
  }
  await connection.end();
}

function tableOf({ name }: DifferenceKind): string {
  return `k_${name.replaceAll(/\W/g, '_')}`;
}

export function named(text: string, kind: DifferenceKind): string {
  return text.replaceAll(/\bT(?=\b|_)/g, tableOf(kind));
}
