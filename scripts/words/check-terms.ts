import { createRequire } from 'node:module';
import {
  TextlintKernel,
  type TextlintKernelOptions,
  type TextlintPluginCreator,
} from '@textlint/kernel';
import terminology from 'textlint-rule-terminology';
import { EXCEPTIONS, GLOSSARY, NAMES, OPENINGS } from './glossary.ts';
import { type Prose, proseOf } from './prose.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly words: string;
  readonly use: string;
}

/** Required, since Node and vitest disagree on the default import of this CommonJS module. */
const markdown = createRequire(import.meta.url)('@textlint/textlint-plugin-markdown') as {
  readonly default: TextlintPluginCreator;
};

type Term = readonly [match: string, use: string];

const terms = GLOSSARY.map(toTerm);
const kernel = new TextlintKernel();
const common = optionsFor(terms);
const opening = optionsFor([...OPENINGS.map(toTerm), ...terms]);

/** Words of a file that the glossary has a better one for, in the order of the file. */
export async function checkTerms(path: string, source: string): Promise<Finding[]> {
  const prose = proseOf(path, source);
  const hits = [
    ...(await lint(
      prose.filter(({ kind }) => kind === 'comment'),
      opening,
    )),
    ...(await lint(
      prose.filter(({ kind }) => kind === 'text'),
      common,
    )),
    ...(await lint(
      prose.filter(({ kind }) => kind === 'document'),
      common,
    )),
    ...prose.filter(({ kind }) => kind === 'name').flatMap(checkName),
  ];
  return hits
    .sort((a, b) => a.offset - b.offset)
    .filter(({ words }) => !isException(path, words))
    .map(({ offset, words, use }) => ({ path, ...positionOf(source, offset), words, use }));
}

interface Hit {
  readonly offset: number;
  readonly words: string;
  readonly use: string;
}

/** Lints many pieces as one document, as each call of the kernel costs more than a paragraph does. */
async function lint(pieces: readonly Prose[], options: TextlintKernelOptions): Promise<Hit[]> {
  if (pieces.length === 0) return [];
  const gap = '\n\n';
  const document = pieces.map(({ words }) => words).join(gap);
  const offsets = pieces.flatMap((piece) => [...piece.offsets, -1, -1]);
  const { messages } = await kernel.lintText(document, options);
  return messages.map(({ message, range }) => {
    const [, words = '', use = ''] =
      /^Incorrect term: “(.*)”, use “(.*)” instead$/s.exec(message) ?? [];
    return { offset: offsets[range[0]] ?? 0, words: words.replaceAll(/\s+/g, ' '), use };
  });
}

function checkName({ words, offsets }: Prose): Hit[] {
  const spoken = words.replaceAll(/(?<=[a-z\d])(?=[A-Z])|_/g, ' ').toLowerCase();
  return NAMES.filter(({ match }) => match.test(spoken)).map(({ use }) => ({
    offset: offsets[0] ?? 0,
    words,
    use,
  }));
}

function isException(path: string, words: string): boolean {
  return EXCEPTIONS.some(
    (exception) =>
      path.startsWith(exception.path) && (exception.words === '' || exception.words === words),
  );
}

function positionOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function toTerm({ match, use }: { readonly match: string; readonly use: string }): Term {
  return [match.replaceAll(' ', String.raw`\s+`), use];
}

function optionsFor(list: readonly Term[]): TextlintKernelOptions {
  return {
    ext: '.md',
    plugins: [{ pluginId: 'markdown', plugin: markdown.default }],
    rules: [
      {
        ruleId: 'terminology',
        rule: terminology,
        options: { defaultTerms: false, terms: list },
      },
    ],
  };
}
