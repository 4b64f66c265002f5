/** How a package manager runs a script of a project and a binary of its `node_modules/.bin`. */
export interface PackageManager {
  readonly name: string;
  /** Its lock files, which show that a folder uses it. */
  readonly lockFiles: readonly string[];
  readonly runScript: string;
  readonly runBinary: string;
  /** Whether flags of a script must follow `--`, because it keeps them for itself otherwise. */
  readonly keepsFlags: boolean;
}

export const NPM: PackageManager = {
  name: 'npm',
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  runScript: 'npm run',
  runBinary: 'npx',
  keepsFlags: true,
};

export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  NPM,
  {
    name: 'pnpm',
    lockFiles: ['pnpm-lock.yaml'],
    runScript: 'pnpm run',
    runBinary: 'pnpm exec',
    // Since version 7, pnpm passes `--` on to the script as well.
    keepsFlags: false,
  },
  {
    name: 'yarn',
    lockFiles: ['yarn.lock'],
    runScript: 'yarn run',
    runBinary: 'yarn run',
    keepsFlags: false,
  },
  {
    name: 'bun',
    lockFiles: ['bun.lock', 'bun.lockb'],
    runScript: 'bun run',
    runBinary: 'bunx',
    keepsFlags: false,
  },
];
