import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';
import { explainLoadError } from '../explain-load-error.ts';
import { createModuleLoader } from '../module-loader.ts';
import { exportedBy } from './exported-by.ts';

/**
 * Evaluates a configuration file and returns its export unchecked: an object, or the result of an exported
 * function. Throws `ConfigUnreadable`, with line and column of a syntax error.
 */
export async function loadConfigFile(path: string): Promise<unknown> {
  const source = readSource(path);
  if (extname(path) === '.json') return parseJson(path, source);
  try {
    const load = createModuleLoader(dirname(path), onlyNeeded(source));
    return await exportedBy(await load(path, source));
  } catch (thrown) {
    const { reason } = explainLoadError(path, thrown);
    throw configUnreadable(path, reason, thrown);
  }
}

const IMPORTS_FANFOLD =
  /(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(\s*)(['"])fanfold(?:\/[\w/-]+)?\1/g;
const IMPORTS_ONLY_DEFINE =
  /(?:\bimport\s*\{\s*defineConfig\s*,?\s*\}\s*from\s*|\{\s*defineConfig\s*,?\s*\}\s*=\s*require\s*\(\s*)(['"])fanfold\1/g;

/**
 * A substitute for the package if the configuration imports only `defineConfig` from it, as most do: the
 * real package takes half a second to load, and may be installed globally and not in the project.
 */
function onlyNeeded(source: string): Record<string, unknown> {
  const imports = source.match(IMPORTS_FANFOLD)?.length ?? 0;
  const ofDefine = source.match(IMPORTS_ONLY_DEFINE)?.length ?? 0;
  return imports > 0 && imports === ofDefine
    ? { fanfold: { defineConfig: (config: unknown) => config } }
    : {};
}

function readSource(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw configUnreadable(path, `cannot be read (${code ?? String(error)})`, error);
  }
}

async function parseJson(path: string, source: string): Promise<unknown> {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw configUnreadable(path, `is not valid JSON: ${await placeOfError(source)}`, error);
  }
}

/**
 * The place of a JSON syntax error, which JSON.parse does not report, found by a JavaScript parser. If that
 * accepts the text, it has commas or comments that JSON does not allow.
 */
async function placeOfError(source: string): Promise<string> {
  const { parseExpressionAt, tokTypes, tokenizer } = await import('acorn');
  try {
    const { end } = parseExpressionAt(source, 0, { ecmaVersion: 'latest' });
    const rest = tokenizer(source.slice(end), { ecmaVersion: 'latest' }).getToken();
    return rest.type === tokTypes.eof
      ? 'it has a comment, an extra comma, or a name without quotes'
      : 'there is more text after its end';
  } catch (error) {
    const { line = 1, column = 0 } =
      (error as { loc?: { line: number; column: number } }).loc ?? {};
    return `there is a syntax error at line ${line}, column ${column + 1}`;
  }
}

function configUnreadable(path: string, reason: string, cause: unknown): FanfoldError {
  return new FanfoldError('ConfigUnreadable', `${displayPath(path)} ${reason}.`, {
    fault: 'configuration',
    nextStep:
      'Correct the file, then run the command again; docs/reference/configuration.md has examples.',
    cause,
  });
}
