/** The size of a chunk in characters. */
const CHUNK = 64 * 1024;

/** Turns values into lines of JSON, in chunks; calls `counted` for each value. */
export async function* toJsonLines(
  values: AsyncIterable<unknown>,
  counted: () => void,
): AsyncGenerator<string, void, undefined> {
  let text = '';
  for await (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    counted();
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
