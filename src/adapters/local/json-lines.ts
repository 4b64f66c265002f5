import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const CHUNK = 64 * 1024;

/** Writes values as JSON, one per line; returns their number. */
export async function writeJsonLines(
  file: FileHandle,
  values: AsyncIterable<unknown>,
): Promise<number> {
  let count = 0;
  let text = '';
  for await (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    count += 1;
    if (text.length < CHUNK) continue;
    await file.appendFile(text);
    text = '';
  }
  await file.appendFile(text);
  return count;
}

/** The complete lines of a file: a last line without a line break was cut off and is skipped. */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: CHUNK })) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
