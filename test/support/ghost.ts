import { createGhostProgram } from '../../src/adapters/ghost/ghost-program.ts';
import type { OnlineMeans } from '../../src/adapters/mysql/online/change-online.ts';
import { testServer } from './server.ts';

/** The path of gh-ost, which no package registry has: CI builds it if it finds a Go compiler. */
export const GHOST = process.env.FANFOLD_TEST_GHOST ?? '';

/** Why tests with the real program do not run here; '' if they do. */
export function whyNoGhost(): string {
  if (testServer().flavour !== 'mysql') return ' (skipped: gh-ost is for MySQL)';
  return GHOST === '' ? ' (skipped: FANFOLD_TEST_GHOST names no gh-ost)' : '';
}

/** The real program with the login of the test server's root. */
export function ghostMeans(path = GHOST): OnlineMeans {
  const { user, password } = testServer();
  return {
    program: createGhostProgram({ path, certificatesFor: () => undefined, env: process.env }),
    findLogin: async (tenant) => ({ ...tenant, user, password }),
  };
}
