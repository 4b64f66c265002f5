import type { Plugin } from 'esbuild';

/**
 * Packages in which the SDK looks for credentials if the environment has none: profiles and logins of people. In the
 * published package they are files with these names.
 */
const CREDENTIALS_OF_PEOPLE =
  /(?:^@aws-sdk|^\.|\/chunks)\/credential-provider-(ini|process|sso|web-identity)(?:-\w+\.js)?$/;

/** An esbuild plugin for functions, which always have credentials in their environment. */
export const withoutLoginsOfPeople: Plugin = {
  name: 'without-logins-of-people',
  setup(build) {
    build.onResolve({ filter: CREDENTIALS_OF_PEOPLE }, ({ path }) => ({ path, external: true }));
  },
};
