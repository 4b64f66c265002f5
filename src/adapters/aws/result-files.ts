import type { Bucket, ListedObject } from './bucket.ts';
import { resultFileDamaged } from './run-store-error.ts';

/** The result files of one pass of a Map Run. */
export interface Manifest {
  readonly key: string;
  /** Keys of the files with the children's results, one JSON line each. */
  readonly files: readonly string[];
}

/** Matches `<prefix>/<map run>/manifest.json`, also in the folder of a redrive. */
const MANIFEST = /\/(?:Redrive-(\d+)\/)?manifest\.json$/;

/**
 * Reads the manifests below a prefix, newest first; there are none before a Map Run has written its
 * results. AWS does not document whether the manifest of a redrive has the results of all children or only
 * of those that ran again, so older manifests supply the results that newer ones lack.
 *
 * Throws `ResultFileDamaged` if a manifest is invalid, or if one of its files is missing or has a different
 * size: otherwise tenants would be missing without anybody noticing.
 */
export async function readManifests(
  bucket: Pick<Bucket, 'list' | 'readText' | 'name'>,
  prefix: string,
): Promise<Manifest[]> {
  const found: ListedObject[] = [];
  const sizes = new Map<string, number>();
  for await (const object of bucket.list(prefix)) {
    if (MANIFEST.test(object.key)) found.push(object);
    else sizes.set(object.key, object.size);
  }
  found.sort((a, b) => b.modifiedAt - a.modifiedAt || redriveOf(b.key) - redriveOf(a.key));
  return Promise.all(
    found.map(async ({ key }) => {
      const files = parseManifest(bucket.name, key, await bucket.readText(key));
      for (const file of files) checkSize(bucket.name, file, sizes.get(file.key));
      return { key, files: files.map((file) => file.key) };
    }),
  );
}

function redriveOf(key: string): number {
  return Number(MANIFEST.exec(key)?.[1] ?? 0);
}

interface NamedFile {
  readonly key: string;
  /** The number of bytes that Step Functions wrote. */
  readonly size: number;
}

function checkSize(bucket: string, { key, size }: NamedFile, there: number | undefined): void {
  if (there === size) return;
  const why =
    there === undefined
      ? 'is missing'
      : `is damaged: it has ${there} bytes, and ${size} were written`;
  throw resultFileDamaged(bucket, key, why);
}

const STATUSES = ['SUCCEEDED', 'FAILED', 'PENDING'];

function parseManifest(bucket: string, key: string, text: string | undefined): NamedFile[] {
  let files: unknown;
  try {
    files = (JSON.parse(text ?? '') as { ResultFiles?: unknown } | null)?.ResultFiles;
  } catch (error) {
    throw resultFileDamaged(bucket, key, 'is not JSON', error);
  }
  if (typeof files !== 'object' || files === null) {
    throw resultFileDamaged(bucket, key, 'names no ResultFiles');
  }
  return STATUSES.flatMap((status) => {
    const named = (files as Record<string, unknown>)[status] ?? [];
    if (!Array.isArray(named)) {
      throw resultFileDamaged(bucket, key, `has a ${status} that is not a list`);
    }
    return named.map((file: { Key?: unknown; Size?: unknown } | null) => {
      if (typeof file?.Key === 'string' && typeof file.Size === 'number') {
        return { key: file.Key, size: file.Size };
      }
      throw resultFileDamaged(bucket, key, `has a ${status} file without Key or Size`);
    });
  });
}
