import type { OnlineMeans } from '../../src/adapters/mysql/online/change-online.ts';
import { createGhostProgram } from '../../src/adapters/online-programs/ghost/ghost-program.ts';
import { createSpiritProgram } from '../../src/adapters/online-programs/spirit/spirit-program.ts';
import type { ProgramName } from '../../src/core/safety/online/online-program.ts';
import { testServer } from './server.ts';

/** The paths of the programs, which no package registry has: CI builds them if it finds a Go compiler. */
export const PATHS: Readonly<Record<ProgramName, string>> = {
  Spirit: process.env.FANFOLD_TEST_SPIRIT ?? '',
  'gh-ost': process.env.FANFOLD_TEST_GHOST ?? '',
};
const VARIABLES: Readonly<Record<ProgramName, string>> = {
  Spirit: 'FANFOLD_TEST_SPIRIT',
  'gh-ost': 'FANFOLD_TEST_GHOST',
};
const CREATE = { Spirit: createSpiritProgram, 'gh-ost': createGhostProgram };

/** Why tests with the real program do not run here; '' if they do. */
export function whyNot(name: ProgramName): string {
  if (testServer().flavour !== 'mysql') return ` (skipped: ${name} is for MySQL)`;
  return PATHS[name] === '' ? ` (skipped: ${VARIABLES[name]} names no ${name})` : '';
}

/** The real program with the login of the test server's root. */
export function meansOf(name: ProgramName, path = PATHS[name]): OnlineMeans {
  const { user, password } = testServer();
  const program = CREATE[name]({ path, certificatesFor: () => undefined, env: process.env });
  return {
    findPrograms: async () => [program],
    findLogin: async (tenant) => ({ ...tenant, user, password }),
  };
}
