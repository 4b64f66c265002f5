import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packedTarball } from '../../scripts/packed-tarball.ts';
import { repository } from '../../scripts/repository.mjs';

// The short form of test/package/main.ts: the packed tarball in a project below this repository's
// node_modules, where it finds its dependencies.
const run = promisify(execFile);
const cache = join(repository, 'node_modules/.cache');
let project = '';
let packed = '';

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  project = mkdtempSync(join(cache, 'fanfold-project-'));
  packed = join(project, 'node_modules/fanfold');
  writeFileSync(join(project, 'package.json'), '{}');
  mkdirSync(join(project, 'migrations'));
  writeFileSync(
    join(project, 'migrations/1_a.ts'),
    'export const up = async (): Promise<void> => {};',
  );
  mkdirSync(packed, { recursive: true });
  const tarball = await packedTarball();
  execFileSync('tar', ['xzf', tarball, '-C', packed, '--strip-components=1']);
}, 240_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function evaluate(type: 'module' | 'commonjs', source: string): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['--no-warnings', `--input-type=${type}`, '--eval', source],
    { cwd: project },
  );
  return stdout.trim();
}

const ENTRIES = ['fanfold', 'fanfold/service', 'fanfold/cdk'];

describe('the packed package', { timeout: 120_000 }, () => {
  test.each(ENTRIES)(
    'the packed package exports the same names from %s, required or imported',
    async (entry) => {
      const required = await evaluate(
        'commonjs',
        `console.log(Object.keys(require('${entry}')).sort().join())`,
      );
      const imported = await evaluate(
        'module',
        `console.log(Object.keys(await import('${entry}')).sort().join())`,
      );
      expect(required).toBe(imported);
      expect(required).not.toBe('');
    },
  );

  test('the packed package recognizes its errors, whichever of its two builds threw them', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import * as esm from 'fanfold/service';
      const cjs = createRequire(import.meta.url)('fanfold/service');
      const errors = [];
      for (const { runTenantMigrations, parseKeyRing } of [esm, cjs]) {
        await runTenantMigrations({}).catch((error) => errors.push(error));
        try { parseKeyRing('short'); } catch (error) { errors.push(error); }
        const login = { host: '127.0.0.1', port: 9, database: 'a', user: 'b', password: 'c' };
        await runTenantMigrations(login, { migrations: './migrations' })
          .catch((error) => errors.push(error));
      }
      class Theirs extends esm.FanfoldError {}
      console.log(JSON.stringify(errors.map((error) => [
        error.code,
        error instanceof esm.FanfoldError && error instanceof cjs.FanfoldError,
        esm.isFanfoldError(error) && cjs.isFanfoldError(error),
        error instanceof esm.TenantMigrationError && error instanceof cjs.TenantMigrationError,
        error instanceof cjs.ProvisioningError || error instanceof Theirs || error instanceof TypeError,
      ])));
      console.log(new Error() instanceof esm.FanfoldError || null instanceof cjs.FanfoldError);`;
    const [errors = '', other] = (await evaluate('module', source)).split('\n');
    const usage = ['TenantLoginInvalid', true, true, false, false];
    const key = ['EncryptionKeyInvalid', true, true, false, false];
    const refused = ['ConnectionRefused', true, true, true, false];
    expect(JSON.parse(errors)).toEqual([usage, key, refused, usage, key, refused]);
    expect(other).toBe('false');
  });

  test('the packed package has an entry for services that loads neither driver nor Prisma, AWS or bundler', async () => {
    const loaded = await evaluate(
      'commonjs',
      "require('fanfold/service'); console.log(Object.keys(require.cache).join('\\n'))",
    );
    const foreign = loaded.split('\n').filter((file) => !file.startsWith(packed));
    expect(foreign).toEqual([]);
  });

  test('the packed package has an entry for services whose require takes less than 150 ms of CPU', async () => {
    const cpuOf = async (source: string) => {
      const runs: number[] = [];
      for (let at = 0; at < 5; at += 1) {
        const tail = 'const { user, system } = process.cpuUsage(); console.log(user + system)';
        runs.push(Number(await evaluate('commonjs', `${source}; ${tail}`)) / 1_000);
      }
      // The fastest run is the one that other processes disturbed least.
      return Math.min(...runs);
    };
    const extra = (await cpuOf("require('fanfold/service')")) - (await cpuOf('0'));
    expect(extra).toBeLessThan(150);
  });
});

describe('types of the packed package', { timeout: 120_000 }, () => {
  test('declarations of the packed package import nothing that users do not have', () => {
    const files = globSync('dist/**/*.d.ts', { cwd: packed });
    const imported = files.flatMap((file) =>
      [
        ...readFileSync(join(packed, file), 'utf8').matchAll(
          /^(?:import|export)\b[^;]*?\bfrom ['"]([^'".][^'"]*)['"]/gm,
        ),
      ].map(([, name = '']) => name),
    );
    const foreign = imported.filter(
      (name) =>
        !isBuiltin(name) &&
        !/^(?:aws-cdk-lib|constructs)(?:\/|$)/.test(name) &&
        // Classes of Knex, which it does not publish types of.
        !name.startsWith('knex/lib/'),
    );
    expect([...new Set(foreign)]).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });

  const CONSUMER = `
    import { defineConfig, type Fault, isFanfoldError, runFanOut } from 'fanfold';
    import type { RunNotification, RunStore } from 'fanfold';
    import { runTenantMigrations, type TenantRow } from 'fanfold/service';
    const row: TenantRow = { dbHost: 'a', dbPort: '1', dbName: 'b', dbUser: 'c', dbPassword: 'd' };
    export const applied: Promise<string[]> = runTenantMigrations(row).then((result) =>
      result.applied.map(({ name }) => name),
    );
    export function faultOf(error: unknown): Fault | undefined {
      return isFanfoldError(error) ? error.fault : undefined;
    }
    export type Parts = [typeof runFanOut, RunStore];
    // @ts-expect-error the notification's type is not any
    export const change: RunNotification['change'] = 'exploded';
    // @ts-expect-error settings of Knex have types, too
    defineConfig({ knex: { client: 'mysql2', useNullAsDefault: 'yes' } });
    // @ts-expect-error a login lacks its password
    void runTenantMigrations({ host: 'a', database: 'b', user: 'c' });`;

  test.each([
    ['commonjs', ts.ModuleKind.CommonJS, ts.ModuleResolutionKind.Node10],
    ['commonjs', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
    ['module', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ['module', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])(
    'compile in a project of the type %s with module %i, resolution %i',
    (type, module, moduleResolution) => {
      const folder = mkdtempSync(join(project, 'types-'));
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
      const file = join(folder, 'consumer.ts');
      writeFileSync(file, CONSUMER);
      const program = ts.createProgram([file], {
        module,
        moduleResolution,
        target: ts.ScriptTarget.ES2021,
        // Nest's default module resolution is deprecated, and Nest still uses it.
        ignoreDeprecations: '6.0',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
      });
      const problems = ts
        .getPreEmitDiagnostics(program)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      expect(problems).toEqual([]);
    },
  );
});

describe('the command of the packed package', { timeout: 120_000 }, () => {
  test('runs, and its help shows the command as it was started', async () => {
    const { stdout } = await run(process.execPath, [join(packed, 'bin/fanfold.cjs'), '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    const help = async (command: string, ...argv: string[]) =>
      (await run(command, argv, { cwd: project, env })).stdout;
    mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
    symlinkSync('../fanfold/bin/fanfold.cjs', join(project, 'node_modules/.bin/fanfold'));
    chmodSync(join(packed, 'bin/fanfold.cjs'), 0o755);
    const direct = await help('node_modules/.bin/fanfold', 'migrate:plan', '--help');
    expect(direct).toContain('\n  npx fanfold migrate:plan acme-corp beta\n');
    const scripts = { 'migrate:plan': 'fanfold migrate:plan', plan: 'knex migrate:plan' };
    writeFileSync(join(project, 'package.json'), JSON.stringify({ scripts }));
    const byScript = await help('npm', 'run', '--silent', 'migrate:plan', '--', '--help');
    expect(byScript).toContain('\n  npm run migrate:plan acme-corp beta\n');
    expect(byScript).toContain('\n  npm run migrate:plan -- --aws Fanfold\n');
  });

  test('the command of the packed package can be parsed by the oldest Node', () => {
    const { errors } = buildSync({
      entryPoints: [join(repository, 'bin/fanfold.cjs')],
      target: 'es5',
      write: false,
      logLevel: 'silent',
    });
    expect(errors).toEqual([]);
  });

  test.each([['--version'], ['migrate:all-tenants', '--json'], ['nosuch'], []])(
    'the command of the packed package names the Node that it needs before anything else if the Node is too old (%s)',
    async (...argv) => {
      const old = join(project, 'old-node.cjs');
      writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });");
      const command = ['--require', old, join(packed, 'bin/fanfold.cjs'), ...argv];
      const ended = await run(process.execPath, command).catch((error) => error);
      expect(ended).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(
        /^Error: Fanfold needs Node 22\.18 or later, and this is Node 18\.20\.4 /,
      );
      expect(ended.stderr).not.toContain(dirname(packed));
    },
  );
});
