// The layers of docs/explanation/architecture.md. scripts/check-layers.ts runs this, and also fails if nothing
// was read.

/**
 * Folders of src/adapters/mysql from the bottom up, and the folders that each may import. The files
 * beside them may use all; src/adapters/server is shared ground.
 */
const mysqlFolders = {
  sql: [],
  connection: ['sql'],
  accounts: ['connection'],
  bookkeeping: ['connection'],
  locks: ['connection', 'bookkeeping'],
  journal: ['connection', 'sql', 'bookkeeping'],
  replicas: ['connection'],
  'migration/knex': ['connection', 'sql', 'journal'],
  'migration/engine': [
    'connection',
    'sql',
    'bookkeeping',
    'locks',
    'journal',
    'replicas',
    'migration/knex',
  ],
  checks: ['connection'],
  forecast: ['connection', 'locks', 'replicas'],
  online: ['connection', 'accounts', 'locks'],
  scratch: ['connection', 'sql', 'journal', 'migration/engine'],
  shapes: ['connection', 'sql', 'accounts', 'bookkeeping'],
};

/** The rooms that join adapters to the core. */
const roots = [
  '^src/compose/',
  // The package's exports, as lists, and the types of a configuration.
  '^src/api/(index|service|define-config)[.]ts$',
  // The factories of each command group and of each function; what they share is in src/compose.
  '^(src/cli|lambdas)/wiring/',
];

/** Entry points of processes. */
const entrances = ['lambdas', 'src/bundling', 'src/cli', 'lib'];

function nothingImports(folder) {
  return {
    name: `nothing-imports-${folder.replace('/', '-')}`,
    comment: `${folder} is where a process begins: nothing else imports it.`,
    severity: 'error',
    from: { pathNot: `^${folder}/` },
    to: { path: `^${folder}/` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'core imports only core; what it needs from outside is a port in src/core/ports.ts.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/rollout/span[.]ts$' },
      to: { pathNot: ['^src/core/', '^node_modules/zod/', '^(node:)?crypto$'] },
    },
    {
      name: 'calendar-in-span-only',
      comment: 'The arithmetic of cron expressions and time zones is a library of pure functions.',
      severity: 'error',
      from: { path: '^src/core/rollout/span[.]ts$' },
      to: { pathNot: ['^src/core/', '^node_modules/croner/'] },
    },
    {
      name: 'zod-in-wire-only',
      comment: 'What crosses a process boundary is parsed in src/core/wire.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/wire' },
      to: { path: '^node_modules/zod/' },
    },
    {
      name: 'data-goes-one-way',
      comment:
        'list, migrate and reduce do not import each other: in-process joins them in one process, and states in the states of the state machine. The one exception is that list reads which tenants an earlier run left.',
      severity: 'error',
      from: { path: '^src/core/(list|migrate|reduce)/' },
      to: {
        path: '^src/core/(list|migrate|reduce|run|in-process|states)/',
        pathNot: ['^src/core/$1/', '^src/core/reduce/left-of-run[.]ts$'],
      },
    },
    {
      name: 'run-is-shared',
      comment:
        'run holds what is true of a run wherever it is executed, so it imports neither of the two ways to execute one.',
      severity: 'error',
      from: { path: '^src/core/run/' },
      to: { path: '^src/core/(in-process|states)/' },
    },
    {
      name: 'in-process-and-states-do-not-meet',
      comment: 'What a run in one process and the states of the state machine share is in run.',
      severity: 'error',
      from: { path: '^src/core/(in-process|states)/' },
      to: { path: '^src/core/(in-process|states)/', pathNot: '^src/core/$1/' },
    },
    {
      name: 'adapters-do-not-meet',
      comment:
        'An adapter imports core and its vendor, never the adapter of another technology. The one exception is what database servers say, which mysql2, Knex and Prisma all have to understand.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: ['^src/adapters/$1/', '^src/adapters/server/'] },
    },
    {
      name: 'server-is-ground',
      comment: 'What servers say is read by pure functions: they import core and nothing else.',
      severity: 'error',
      from: { path: '^src/adapters/server/' },
      to: { pathNot: ['^src/core/', '^src/adapters/server/'] },
    },
    {
      name: 'server-is-for-databases',
      comment: 'Only the adapters of database drivers meet in it.',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: '^src/adapters/(server|mysql|knex|prisma)/' },
      to: { path: '^src/adapters/server/' },
    },
    ...Object.entries(mysqlFolders).map(([folder, needs]) => ({
      name: `mysql-${folder.replace('/', '-')}`,
      comment: `${folder} imports ${needs.join(', ') || 'none of the others'}.`,
      severity: 'error',
      from: { path: `^src/adapters/mysql/${folder}/` },
      to: {
        path: '^src/adapters/mysql/',
        pathNot: `^src/adapters/mysql/(${[folder, ...needs].join('|')})/`,
      },
    })),
    {
      name: 'adapters-are-wired-in-roots',
      comment: 'Only the composition roots know which adapter stands behind a port.',
      severity: 'error',
      from: { pathNot: ['^src/adapters/', ...roots] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'prisma-stays-in-its-adapter',
      comment: 'The generated client is imported by src/adapters/prisma only.',
      severity: 'error',
      from: { pathNot: ['^src/adapters/prisma/', '^prisma/generated-central/'] },
      to: { path: ['^prisma/generated-central/', '^node_modules/@prisma/'] },
    },
    {
      name: 'lib-is-infrastructure',
      comment: 'lib imports nothing of ours but the wire names of the core.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(src|lambdas|prisma|migrations)/', pathNot: '^src/core/wire' },
    },
    ...entrances.map(nothingImports),
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere is also one that no rule above can judge.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: a layer that knows another's types knows the other layer.
    tsPreCompilationDeps: true,
    // node_modules of a second worktree may be a link to the first one's.
    preserveSymlinks: true,
    doNotFollow: { path: ['^node_modules/', '^prisma/generated-central/'] },
  },
};
