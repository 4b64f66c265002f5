import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../../scripts/repository.mjs';

const textOf = (file: string) => readFileSync(join(repository, file), 'utf8');

describe('placeholders', () => {
  it('all files with placeholders are listed in CONTRIBUTING.md', () => {
    const [, section = ''] = /## Before the first publication\n([\s\S]*?)(?:\n## |$)/.exec(
      textOf('CONTRIBUTING.md'),
    ) ?? [''];
    const listed = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, file]) => file);
    const found = execFileSync(
      'git',
      ['grep', '--untracked', '-lE', String.raw`fanfold\.example|@fanfold-example`],
      { cwd: repository, encoding: 'utf8' },
    );
    const files = found
      .split('\n')
      .filter((file) => file !== '' && !/^(test|docs)\/|^CONTRIBUTING\.md$/.test(file));
    expect(listed.toSorted()).toEqual(files.toSorted());
  });

  it('placeholders are in every field of package.json that names a place, and no real domain is', () => {
    const {
      author,
      homepage,
      repository: { url } = { url: '' },
      bugs,
    } = JSON.parse(textOf('package.json'));
    for (const value of [author, homepage, url, bugs.url]) {
      expect(value).toMatch(/\/\/fanfold\.example/);
    }
  });
});

describe('changesets', () => {
  it('changesets are configured as their schema requires', () => {
    const check = new Ajv2020({ strict: false }).compile(
      JSON.parse(textOf('node_modules/@changesets/config/schema.json')),
    );
    const config = JSON.parse(textOf('.changeset/config.json'));
    check(config);
    expect(check.errors).toBeNull();
    expect(check({ ...config, access: 'everybody' })).toBe(false);
  });

  it('changesets name this package and a kind of version', () => {
    for (const file of globSync('.changeset/*.md').filter((file) => !file.endsWith('README.md'))) {
      expect(textOf(file)).toMatch(/^---\n["']?fanfold["']?: (patch|minor|major)\n---\n\n\S/);
    }
  });
});

describe('commit subjects', () => {
  const lint = (subject: string) =>
    spawnSync(process.execPath, [join(repository, 'node_modules/@commitlint/cli/cli.js')], {
      cwd: repository,
      input: subject,
      encoding: 'utf8',
    });

  it.each(['fix(engine): resume after a lost COMMIT', 'feat!: MySQL 9 only'])(
    'a commit subject like "%s" is accepted',
    (subject) => {
      expect(lint(subject)).toMatchObject({ status: 0 });
    },
  );

  it.each([
    ['without a type', 'Fix the thing', 'type-empty'],
    ['longer than 72 characters', `fix: ${'x'.repeat(68)}`, 'header-max-length'],
    ['with a full stop at the end', 'fix: resume.', 'subject-full-stop'],
  ])('commit subjects that %s are refused', (_, subject, rule) => {
    const { status, stdout } = lint(subject);
    expect(status).toBe(1);
    expect(stdout).toContain(rule);
  });
});

describe('git hooks', () => {
  const hook = async (arguments_: readonly string[], files: Readonly<Record<string, string>>) => {
    const folder = await mkdtemp(join(tmpdir(), 'fanfold-hooks-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const git = (...argv: string[]) => execFileSync('git', argv, { cwd: folder });
    git('init', '-q');
    for (const name of ['scripts', 'node_modules', 'package.json', 'commitlint.config.js']) {
      await symlink(join(repository, name), join(folder, name));
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await writeFile(join(folder, 'lefthook.yml'), textOf('lefthook.yml'));
    return spawnSync(join(repository, 'node_modules/.bin/lefthook'), arguments_, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  };

  it('git hooks are valid, and are installed only on request', async () => {
    expect(await hook(['validate'], {})).toMatchObject({ status: 0 });
    const { scripts, allowScripts } = JSON.parse(textOf('package.json'));
    expect(allowScripts.lefthook).toBe(false);
    expect(Object.values(scripts).join('\n')).not.toContain('lefthook');
    expect(parse(await readFile('lefthook.yml', 'utf8')).no_auto_install).toBe(true);
  });

  it('git hooks refuse the message of a commit that is not a conventional one', async () => {
    const run = (subject: string) =>
      hook(['run', 'commit-msg', '--no-auto-install', 'MESSAGE'], { MESSAGE: subject });
    expect(await run('fix(engine): resume after a lost COMMIT\n')).toMatchObject({ status: 0 });
    expect(await run('Fixes the thing\n')).toMatchObject({ status: 1 });
  });
});

describe('the devcontainer', () => {
  it('the devcontainer is composed of services that the linter of compose accepts', () => {
    const rules = {
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
    } as const;
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const results: readonly { readonly messages: readonly { readonly message: string }[] }[] =
      linter.lintFiles([join(repository, '.devcontainer/compose.yml')], false);
    expect(results).toHaveLength(1);
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
    expect(validate(textOf('.devcontainer/Dockerfile'))).toEqual([]);
  });

  it('the devcontainer names a service of its compose file, and the servers that the tests look for', () => {
    const { services } = parse(textOf('.devcontainer/compose.yml'));
    const text = textOf('.devcontainer/devcontainer.json').replaceAll(/^\s*\/\/.*$/gm, '');
    const { service, dockerComposeFile } = JSON.parse(text);
    expect(existsSync(join(repository, '.devcontainer', dockerComposeFile))).toBe(true);
    const { environment } = services[service];
    for (const [name, server] of [
      ['FANFOLD_TEST_MYSQL_URL', 'mysql'],
      ['FANFOLD_TEST_MARIADB11_URL', 'mariadb'],
    ] as const) {
      expect(textOf('vitest.config.ts')).toContain(name);
      const { port } = new URL(environment[name]);
      expect(services[server].command).toContain(`--port=${port}`);
    }
  });
});

describe('.ci/run', () => {
  it('.ci/run refuses a part that it does not have, before it does anything', () => {
    const { status, stderr } = spawnSync(join(repository, '.ci/run'), ['nosuch'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('.ci/run has no part "nosuch": tests, aws, corpus, package, check');
  });
});

it('nothing in the repository depends on files beside it', () => {
  const found = spawnSync(
    'git',
    ['grep', '--untracked', '-nF', ['..', 'shared/'].join('/'), '--', '.', ':!test/aws'],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  );
  // Git ends with 1 if it has found nothing.
  expect(found).toMatchObject({ status: 1, stdout: '' });
});
