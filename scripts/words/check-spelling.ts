import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { repository } from '../repository.mjs';

/** Runs cspell on files. Returns one line for each word that is in none of its dictionaries. */
export function checkSpelling(files: readonly string[]): Promise<string> {
  const program = resolve(repository, 'node_modules/cspell/bin.mjs');
  const cache = resolve(repository, 'node_modules/.cache/fanfold/cspell.json');
  const options = ['--no-progress', '--no-summary', '--file-list', 'stdin'];
  const caching = ['--cache', '--cache-strategy', 'content', '--cache-location', cache];
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [program, 'lint', ...options, ...caching], {
      cwd: repository,
    });
    let output = '';
    const collect = (text: Buffer) => {
      output += text;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) =>
      settle(code === 0 ? '' : output.trim() || `cspell ended with ${code}.`),
    );
    child.stdin.end(files.join('\n'));
  });
}
