import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';
import { explainLoadError } from '../explain-load-error.ts';
import { createModuleLoader } from '../module-loader.ts';
import { chooseEnvironment, isSettings, type KnexfileSettings } from './choose-environment.ts';
import { exportedBy } from './exported-by.ts';

const EXTENSIONS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.json'];

/**
 * Evaluates a knexfile as Knex's own command line does: an object, a function or a promise of one, with
 * environments or without. Throws `KnexfileUnreadable` if it is missing, has a syntax error or throws, and
 * `KnexfileEnvironmentMissing` if it has environments but not the chosen one.
 *
 * @param path the full path
 * @param env the environment that was named explicitly, and the fallback from `NODE_ENV` or Knex's default
 * @returns the chosen settings, and the whole export
 */
export async function loadKnexfile(
  path: string,
  env: { readonly asked: string | undefined; readonly otherwise: string },
): Promise<KnexfileSettings & { readonly exported: unknown }> {
  const exported = await evaluate(path);
  if (!isSettings(exported)) {
    throw unreadable(path, 'must export an object, or a function or promise that returns one');
  }
  return { ...chooseEnvironment(exported, env, displayPath(path)), exported };
}

async function evaluate(path: string): Promise<unknown> {
  if (!existsSync(path)) throw unreadable(path, 'does not exist');
  if (!EXTENSIONS.includes(extname(path))) {
    throw unreadable(path, `must end in ${EXTENSIONS.join(', ')}`);
  }
  try {
    const source = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    if (extname(path) === '.json') return JSON.parse(source);
    return await exportedBy(await createModuleLoader(dirname(path))(path, source));
  } catch (thrown) {
    throw unreadable(path, explainLoadError(path, thrown).reason, thrown);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): FanfoldError {
  return new FanfoldError('KnexfileUnreadable', `The knexfile ${displayPath(path)} ${reason}.`, {
    fault: 'configuration',
    nextStep:
      'Correct the knexfile, or name another one as "knex.file" in the configuration file. If it misses environment variables, set them in .env.',
    cause,
  });
}
