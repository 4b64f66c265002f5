/** Characters that travel together. */
const CHUNK = 64 * 1024;

/** Values as JSON, one a line, in chunks; `counted` is told of each value. */
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
