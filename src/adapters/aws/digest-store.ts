import type { DigestStore, TenantReadings } from '../../core/digests/digest-store.ts';
import type { DigestSnapshot } from '../../core/digests/statement-digest.ts';
import type { Bucket } from './bucket.ts';
import { JSON_TEXT } from './content-types.ts';
import { runKeys } from './run-keys.ts';
import { damaged } from './run-store-error.ts';

/** A snapshot as it is stored: a list for each statement, since a file may have 50,000 of them. */
interface StoredSnapshot {
  readonly isCut: boolean;
  readonly statements: readonly (readonly [
    digest: string,
    count: number,
    timeMs: number,
    rowsExamined: number,
    errors: number,
  ])[];
}

type StoredFile = Readonly<Record<string, StoredSnapshot>>;

/** Keeps the readings of watches below the prefixes of their runs in an S3 bucket. */
export function createS3DigestStore(bucket: Bucket): DigestStore {
  async function readFile(key: string): Promise<TenantReadings | undefined> {
    const text = await bucket.readText(key);
    if (text === undefined) return undefined;
    try {
      return parsed(JSON.parse(text) as StoredFile);
    } catch (error) {
      throw damaged(bucket.name, key, 'is not valid JSON', error);
    }
  }
  return {
    async keepBefore(runId, wave, readings) {
      await bucket.createText(runKeys(runId).digests(wave, 'before'), written(readings), JSON_TEXT);
    },
    writeStart: async (runId, wave, readings) =>
      bucket.writeText(runKeys(runId).digests(wave, 'start'), written(readings), JSON_TEXT),
    async readReadings(runId, wave) {
      const keys = runKeys(runId);
      const before = await readFile(keys.digests(wave, 'before'));
      if (before === undefined) return undefined;
      return { before, start: (await readFile(keys.digests(wave, 'start'))) ?? new Map() };
    },
  };
}

function written(readings: TenantReadings): string {
  const file = [...readings].map(([id, { isCut, statements }]): [string, StoredSnapshot] => {
    const rows = [...statements.values()].map(
      ({ digest, count, timeMs, rowsExamined, errors }) =>
        [digest, count, timeMs, rowsExamined, errors] as const,
    );
    return [id, { isCut, statements: rows }];
  });
  return JSON.stringify(Object.fromEntries(file));
}

function parsed(file: StoredFile): TenantReadings {
  return new Map(
    Object.entries(file).map(([id, { isCut, statements }]): [string, DigestSnapshot] => {
      const rows = statements.map(
        ([digest, count, timeMs, rowsExamined, errors]) =>
          [digest, { digest, text: '', count, timeMs, rowsExamined, errors }] as const,
      );
      return [id, { isCut, statements: new Map(rows) }];
    }),
  );
}
