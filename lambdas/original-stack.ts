import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceOrigin } from 'node:module';
import { fileURLToPath } from 'node:url';

const PLACE = /((?:file:\/\/)?\/[^\s()]+):(\d+):(\d+)/g;

/**
 * A stack trace that names the sources, by the maps beside the bundled files. A place whose file has no map
 * stays unchanged; never throws. Node could do this with `--enable-source-maps`, but would read the maps at
 * every start, which costs 20 to 40 ms.
 */
export async function originalStack(stack: string): Promise<string> {
  const files = new Set([...stack.matchAll(PLACE)].map(([, file = '']) => file));
  const maps = new Map<string, SourceMap>();
  for (const file of files) {
    try {
      const path = file.startsWith('file:') ? fileURLToPath(file) : file;
      const text = await readFile(`${path}.map`, 'utf8');
      maps.set(file, new SourceMap(JSON.parse(text)));
    } catch {
      // Not bundled, or bundled without a map.
    }
  }
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    const { fileName, lineNumber, columnNumber } = origin as SourceOrigin;
    return `${fileName}:${lineNumber}:${columnNumber}`;
  });
}
