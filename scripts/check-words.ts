// node scripts/check-words.ts [file or folder …]
//
// Checks comments, documents, messages, test titles and names against the glossary in words/glossary.ts, and
// the spelling of all words with cspell and cspell-words.txt.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { repository } from './repository.mjs';
import { checkSpelling } from './words/check-spelling.ts';
import { checkTerms, type Finding } from './words/check-terms.ts';

const PROSE = /\.(?:[mc]?[tj]s|md)$/;

const paths = filesIn(process.argv.slice(2));
const spelling = checkSpelling(paths);
const findings: Finding[] = [];
for (const path of paths) {
  findings.push(...(await checkTerms(path, readFileSync(resolve(repository, path), 'utf8'))));
}
const misspelled = await spelling;
if (misspelled !== '') {
  console.log(misspelled);
  console.log('Correct them, or add words of the field to cspell-words.txt.');
  process.exitCode = 1;
}
for (const { path, line, column, words, use } of findings) {
  console.log(`${path}:${line}:${column}  ${words}  ->  ${use}`);
}
for (const [folder, count] of countedByFolder(findings)) console.log(`${count} in ${folder}`);
console.log(`${findings.length} findings in ${paths.length} files.`);
if (findings.length > 0) process.exitCode = 1;

function filesIn(names: readonly string[]): string[] {
  const inside = names.map((name) => relative(repository, resolve(name)) || '.');
  return execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...inside],
    { cwd: repository, encoding: 'utf8' },
  )
    .split('\0')
    .filter((path) => PROSE.test(path) && !path.startsWith('test/package/projects/'));
}

function countedByFolder(all: readonly Finding[]): [folder: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { path } of all) {
    const folder = path.split('/').slice(0, -1).slice(0, 2).join('/') || '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
