import { readFileSync } from 'node:fs';

/** One fenced block of a page. */
export interface FencedBlock {
  /** `sh` or `sql`. */
  readonly language: string;
  /** Its commands; one that goes over several lines is one. */
  readonly commands: readonly string[];
}

/** The blocks of a page that are marked `sh` or `sql`, below one heading, in their order. */
export function shellBlocks(page: string, heading: string): FencedBlock[] {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`${page} has no heading "${heading}".`);
  const [level = ''] = /^#+/.exec(heading) ?? [];
  const rest = text.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level.length}} `, 'm'));
  const section = end < 0 ? rest : rest.slice(0, end);
  return [...section.matchAll(/^```(sh|sql)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', body = '']) => ({
      language,
      commands: body
        .replaceAll('\\\n', ' ')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    }),
  );
}
