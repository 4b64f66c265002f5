import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../repository.mjs';
import { commandsSection } from './commands-section.ts';
import { configurationSection } from './configuration-section.ts';
import { errorsSection } from './errors-section.ts';
import { eventsSection } from './events-section.ts';
import { lintSection } from './lint-section.ts';
import { rehearsalSection } from './rehearsal-section.ts';
import { requestsSection } from './requests-section.ts';

/** Pages with a section that is generated; the text around it is written by hand. */
const SECTIONS: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/reference/commands.md': commandsSection,
  'docs/reference/configuration.md': configurationSection,
  'docs/reference/requests.md': requestsSection,
  'docs/reference/events.md': eventsSection,
  'docs/reference/errors.md': errorsSection,
  'docs/reference/lint.md': lintSection,
  'docs/reference/rehearsal.md': rehearsalSection,
};

const START = '<!-- generated: npm run docs:generate -->';
const END = '<!-- end of what is generated -->';

/** A page with a generated section: its path in the repository, its text now, and as it should be. */
export interface GeneratedPage {
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** Every page with a generated section. */
export function generatedPages(): Promise<GeneratedPage[]> {
  return Promise.all(
    Object.entries(SECTIONS).map(async ([path, section]) => {
      const found = readFileSync(join(repository, path), 'utf8');
      const [before, rest] = splitAt(found, START, path);
      const [, after] = splitAt(rest, END, path);
      const text = await section();
      return { path, found, expected: `${before}${START}\n\n${text}\n\n${END}${after}` };
    }),
  );
}

function splitAt(text: string, mark: string, path: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`${path} has no line "${mark}".`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
