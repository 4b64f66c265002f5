import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

/** The first Node that runs TypeScript by stripping types, without a flag. */
const oldestForTypeScript = [22, 18];

/**
 * The Node that runs the scripts of this repository: the one that `FANFOLD_NODE` names by its path, so
 * that CI can test on another version; else the pinned one, which the npm package `node` brings; else
 * the running one if it is new enough; else undefined.
 */
export function pinnedNode() {
  const chosen = process.env.FANFOLD_NODE;
  if (chosen) return realpathSync(chosen);
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = join(repository, 'node_modules', 'node', 'bin', name);
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestForTypeScript;
  const newEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return newEnough ? process.execPath : undefined;
}
