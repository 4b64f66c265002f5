import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Token, tokenizer, tokTypes } from 'acorn';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import {
  type AllowComment,
  allowIn,
  type MigrationSource,
  type SourceToken,
} from '../../core/safety/lint/migration-source.ts';
import { displayPath } from './display-path.ts';
import { listMigrationFiles } from './migration-files.ts';

/** Reads the text of every migration file of a folder, by the migration's id. */
export async function readMigrationSources(
  directory: string,
): Promise<ReadonlyMap<string, MigrationSource>> {
  const folder = resolve(directory);
  const sources = new Map<string, MigrationSource>();
  for (const name of await listMigrationFiles(folder)) {
    const path = join(folder, name);
    const source = readTokens(await readFile(path, 'utf8'));
    sources.set(splitMigrationName(name).id, { file: displayPath(path), ...source });
  }
  return sources;
}

/** Reads the tokens and the allowing comments of JavaScript or TypeScript, which has the same tokens. */
export function readTokens(text: string): Omit<MigrationSource, 'file'> {
  const allowed: AllowComment[] = [];
  const tokens: SourceToken[] = [];
  let line = 1;
  try {
    const all = tokenizer(text, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
      allowHashBang: true,
      onComment: (_isBlock, comment, _start, _end, at) => {
        for (const [offset, each] of comment.split('\n').entries()) {
          const found = allowIn(each, (at?.line ?? 1) + offset);
          if (found !== undefined) allowed.push(found);
        }
      },
    });
    for (const token of all) {
      line = token.loc?.start.line ?? line;
      tokens.push({ kind: kindOf(token), text: textOf(token, text), line });
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { tokens, allowed, unreadFrom: line };
  }
  return { tokens, allowed };
}

function kindOf({ type }: Token): SourceToken['kind'] {
  if (type === tokTypes.string || type === tokTypes.template || type === tokTypes.regexp)
    return 'text';
  return type === tokTypes.name || type.keyword !== undefined ? 'word' : 'symbol';
}

function textOf({ start, end, type }: Token, text: string): string {
  const own = text.slice(start, end);
  return type === tokTypes.string ? own.slice(1, -1) : own;
}
