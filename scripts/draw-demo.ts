// npm run demo:aws | node scripts/draw-demo.ts
//
// The README's picture of `npm run demo:aws`, docs/demo-aws.svg: parts of its output as a terminal shows
// them. The output of the demo is printed as well, so that people can watch it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { repository } from './repository.mjs';

/** Path of the picture. */
export const PICTURE = join(repository, 'docs/demo-aws.svg');

const COLUMNS = 80;

/** A line that is left out, or more of them. */
const GAP = '…';

/**
 * The beginnings of the lines in the picture, each of the next line that begins like this; `''` is an empty
 * line. Only lines that every run prints in this order are here.
 */
const LINES = [
  '$ npx cdk deploy Fanfold',
  / resources in \d+ s\.$/,
  '',
  '$ fanfold migrate:all-tenants --aws Fanfold --canary acme-corp',
  '🚀 Starting migration for all tenants...',
  '📋 Found 24 active tenant(s)',
  '🌊 Wave 1: 1 tenant(s) (canary)',
  '🌊 Wave 2: 23 tenant(s)',
  '✅ Acme Corp: Ran 3 migrations:',
  GAP,
  '❌ Pinewood Hotels: Migration failed',
  '   In ',
  '   Error ',
  GAP,
  '✅ Successful: 23',
  '❌ Failed: 1',
  GAP,
  'Retry with: ',
  '',
  'mysql> RENAME TABLE',
  '',
  '$ fanfold migrate:retry last --aws Fanfold --redrive',
  '🚀 Resuming run',
  '📋 Found 24 tenant(s) in this run',
  GAP,
  '✅ Pinewood Hotels: Ran',
  GAP,
  '✅ Successful: 24',
  '❌ Failed: 0',
  '🎉 All tenant migrations completed',
  '',
  '✅ 24 tenants up to date on AWS',
] as const;

/** The parts of the demo's output that the picture shows. Throws an error that names a missing line. */
export function excerptOf(output: string): string[] {
  const lines = output.split('\n');
  let from = 0;
  return LINES.map((wanted) => {
    if (wanted === '' || wanted === GAP) return wanted;
    const isWanted = (line: string) =>
      typeof wanted === 'string' ? line.startsWith(wanted) : wanted.test(line);
    const at = lines.findIndex((line, index) => index >= from && isWanted(line));
    if (at < 0) throw new Error(`The output of the demo lacks a line "${wanted}" here.`);
    from = at + 1;
    const line = lines[at] ?? '';
    return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}${GAP}` : line;
  });
}

const [FONT_SIZE, LINE_HEIGHT, PADDING] = [14, 20, 20];
/** Of a character in a monospaced font of this size. */
const CHARACTER = 8.43;

/** Colors by the beginning of a line, on a dark terminal. */
const COLORS: readonly (readonly [start: RegExp, color: string])[] = [
  [/^(\$|mysql>)/, '#ffffff'],
  [/^❌ (?!Failed: 0)/u, '#ff8f8f'],
  [/^(✅|🎉)/u, '#8fe39b'],
];

/** The lines as an SVG picture of a terminal. */
export function drawTerminal(lines: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHARACTER) + 2 * PADDING;
  const height = lines.length * LINE_HEIGHT + 2 * PADDING;
  const texts = lines.map((line, index) => {
    const [, color = '#c9d1d9'] = COLORS.find(([start]) => start.test(line)) ?? [];
    const weight = line.startsWith('$ ') ? ' font-weight="bold"' : '';
    const y = PADDING + (index + 0.75) * LINE_HEIGHT;
    return `<text x="${PADDING}" y="${y}" fill="${color}"${weight} xml:space="preserve">${escaped(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Output of npm run demo:aws" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${FONT_SIZE}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...texts,
    '</svg>\n',
  ].join('\n');
}

/** The lines of a picture. */
export function linesOf(picture: string): string[] {
  return [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, line = '']) =>
    line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdin.on('data', (chunk) => process.stderr.write(chunk));
  writeFileSync(PICTURE, drawTerminal(excerptOf(await text(process.stdin))));
}
