// node scripts/check-infrastructure.ts
//
// Synthesizes the stack in three configurations, each checked by cdk-nag, and checks the templates with
// cfn-lint if there is a Python to run it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

const cache = join(repository, 'node_modules/.cache/fanfold');
const fixtures = join(repository, 'test/lib/fixtures');

/** The repository has no migrations of its own to deploy. */
const samples = { migrationsFolder: 'demo/migrations' };

/** Without context, in an existing VPC, and with all options switched on. */
const configurations = {
  default: samples,
  'existing-vpc': { ...samples, ...fixture('existing-vpc') },
  everything: fixture('everything'),
};

/**
 * W3005: the library names a role beside the policy of the role as what comes first, and the role is
 * a parameter as well.
 */
const IGNORED = 'W3005';
const CFN_LINT = 'cfn-lint==1.58.0';
/** One of each partition, and the one that has every service. */
const REGIONS = ['eu-west-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'];

const templates = Object.entries(configurations).flatMap(([name, configuration]) =>
  synthesize(join(cache, 'synth', name), configuration),
);
const cfnLint = findCfnLint();
if (cfnLint === undefined) {
  console.log(
    `skipped: cfn-lint, as "python3 -m venv" with "pip install ${CFN_LINT}" did not work`,
  );
} else {
  run(cfnLint, ['--regions', ...REGIONS, '--ignore-checks', IGNORED, '--', ...templates]);
}

function fixture(name: string): object {
  return JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
}

/** Paths of the templates. */
function synthesize(output: string, configuration: unknown): string[] {
  run(process.execPath, [
    join(repository, 'node_modules/aws-cdk/bin/cdk'),
    ...['synth', '--quiet', '--strict', '--output', output],
    ...['--context', `fanfold=${JSON.stringify(configuration)}`],
  ]);
  return readdirSync(output)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(output, file));
}

/** A cfn-lint of the machine, or else one that is installed into the cache of this checkout. */
function findCfnLint(): string | undefined {
  if (succeeds('cfn-lint', ['--version'])) return 'cfn-lint';
  const environment = join(cache, CFN_LINT);
  const program = join(environment, 'bin/cfn-lint');
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const installed =
    succeeds('python3', ['-m', 'venv', environment]) &&
    succeeds(join(environment, 'bin/pip'), ['install', '--quiet', CFN_LINT]);
  return installed && existsSync(program) ? program : undefined;
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
