import { fixtureFolder } from '../../support/fixture-folder.ts';
import { configure } from './functions.ts';

/**
 * Has a step of the migrator not work for its next invocations, until the test ends: it is killed after its work, hangs
 * until the time limit of the function, or is throttled. Only with the preload of functions.
 */
export async function makeIll(
  step: 'probe' | 'shapes',
  how: 'die' | 'hang' | 'throttle',
  times: number,
  timeoutSeconds?: number,
): Promise<void> {
  const ill = { step, how, times, folder: await fixtureFolder() };
  const environment = { FANFOLD_TEST_ILL_STEP: JSON.stringify(ill) };
  await configure('migrate-tenant', { environment, timeoutSeconds });
}
