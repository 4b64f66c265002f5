import type * as z from 'zod';

/** The words for a kind of file, and the error that is thrown with them. */
export interface VersionedFile {
  /** The end of "The file …" if the text is not JSON. */
  readonly notJson: string;
  /** The same if it is JSON of something else. */
  readonly notIt: string;
  invalid(what: string): Error;
}

/**
 * Reads JSON whose `format` names the version that it was written in. Throws the file's own error, which says
 * whether the text, the version or a key is wrong.
 */
export function parseVersionedJson<T>(text: string, schema: z.ZodType<T>, file: VersionedFile): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw file.invalid(file.notJson);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw file.invalid(
    issue?.path[0] === 'format'
      ? 'is of a format that this version of Fanfold does not read'
      : `${file.notIt} (${issue?.path.join('.') ?? ''})`,
  );
}
