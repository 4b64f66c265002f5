import type { Bucket, ListedObject } from './bucket.ts';
import { resultFileDamaged } from './run-store-error.ts';

/** The files that one pass of a Map Run wrote. */
export interface Manifest {
  readonly key: string;
  /** Keys of the files with the results of children, a JSON line each. */
  readonly files: readonly string[];
}

/** `<prefix>/<map run>/manifest.json`, or in a folder of a redrive. */
const MANIFEST = /\/(?:Redrive-(\d+)\/)?manifest\.json$/;

/**
 * The manifests below a prefix, the newest first; none if no Map Run came so far. AWS does not
 * document whether that of a redrive has the results of all children or only of those that ran again:
 * the older ones speak for those of which the newer ones say nothing.
 *
 * Throws `ResultFileDamaged` if a manifest is none, or names a file that is not there or has
 * another size than was written: which tenants would be missing, nobody could tell.
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
  /** Bytes that Step Functions wrote. */
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
