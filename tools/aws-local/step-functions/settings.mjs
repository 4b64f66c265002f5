// Settings that a client may change while everything runs, so that one deployment serves tests with different needs.
import { StatesError } from './errors.mjs';

const CHANGEABLE = ['timeScale', 'callbackTimeScale', 'expressSeconds', 'expressRuns'];

/** Changes the named settings, and returns all of them. */
export function changeSettings(engine, changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (!CHANGEABLE.includes(name) || typeof value !== 'number' || !(value >= 0))
      throw new StatesError(
        'ValidationException',
        `${name}: ${JSON.stringify(value)} is not a setting with a number; there are ${CHANGEABLE.join(', ')}`,
      );
  }
  Object.assign(engine, changes);
  return Object.fromEntries(CHANGEABLE.map((name) => [name, engine[name]]));
}
