import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkflow, type WorkflowStep } from './read-workflow.ts';
import { workflowProblems } from './workflow-problems.ts';

const FILES = globSync('.github/workflows/*.yml').toSorted();
const textOf = (file: string) => readFileSync(file, 'utf8');

it('this repository has the workflows CI and Release', () => {
  expect(FILES.map((file) => basename(file))).toEqual(['ci.yml', 'release.yml']);
});

describe.each(FILES)('%s', (file) => {
  const text = textOf(file);
  const workflow = readWorkflow(text);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it("the workflow is accepted by GitHub's own parser", () => {
    expect(workflowProblems(file, text)).toEqual([]);
  });

  it('the workflow pins every action to a commit, and names its version beside it', () => {
    const used = text.split('\n').filter((line) => /\buses: /.test(line));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('the workflow grants nothing as a whole, and each job no more than it names', () => {
    expect(workflow.permissions).toEqual({});
    const granted = Object.fromEntries(jobs.map(([name, job]) => [name, job.permissions]));
    expect(Object.values(granted)).not.toContain(undefined);
    const writing = Object.entries(granted).filter(([, of]) =>
      Object.values(of ?? {}).includes('write'),
    );
    expect(writing.map(([name]) => name)).toEqual(
      basename(file) === 'release.yml' ? ['version', 'publish'] : [],
    );
  });

  it('the workflow leaves no credential of the checkout to later steps', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(jobs.length);
    for (const { with: inputs } of checkouts) {
      expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('the workflow puts no expression into a shell, in which a branch name would be code', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('the workflow runs npm scripts and parts of .ci/run that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const commands = steps.flatMap(commandsOf).join('\n');
    for (const [, script = ''] of commands.matchAll(/npm run ([\w:-]+)/g)) {
      expect(scripts).toHaveProperty([script]);
    }
    const parts = new Set(/^ {4}(tests \|.*)\) ;;$/m.exec(textOf('.ci/run'))?.[1]?.split(' | '));
    expect(parts.size).toBeGreaterThan(3);
    const named = [...commands.matchAll(/\.ci\/run ([a-z]+)/g)].map(([, part]) => part);
    const matrix = jobs.flatMap(([, job]) => job.strategy?.matrix.part ?? []);
    expect([...named, ...matrix].filter((part) => !parts.has(String(part)))).toEqual([]);
  });
});

it("the example's workflow is accepted by GitHub's own parser, and pins its actions", () => {
  const file = 'examples/github-actions/.github/workflows/tenant-migrations.yml';
  const text = textOf(file);
  expect(workflowProblems(file, text)).toEqual([]);
  expect(readWorkflow(text).permissions).toEqual({});
  const used = text.split('\n').filter((line) => /\buses: /.test(line));
  expect(used.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

it('CI tests on Node 22 and 24, and runs every part of .ci/run', () => {
  const { jobs } = readWorkflow(textOf('.github/workflows/ci.yml'));
  expect(jobs.tests?.strategy?.matrix.node).toEqual([22, 24]);
  const run = Object.values(jobs)
    .flatMap(({ steps }) => steps.flatMap(commandsOf))
    .flatMap((command) => /\.ci\/run ([a-z]+)/.exec(command)?.[1] ?? []);
  const parts = [...run, ...(jobs.parts?.strategy?.matrix.part ?? [])];
  const all = /^ {4}(tests \|.*)\) ;;$/m.exec(textOf('.ci/run'))?.[1]?.split(' | ');
  expect(parts.toSorted()).toEqual(all?.toSorted());
});

it("the tests' servers in CI are those that vitest.config.ts looks for", () => {
  const { jobs } = readWorkflow(textOf('.github/workflows/ci.yml'));
  const config = textOf('vitest.config.ts');
  const { env = {} } = jobs.tests?.steps.at(-1) ?? {};
  expect(Object.keys(env)).toEqual(['FANFOLD_TEST_MYSQL_URL', 'FANFOLD_TEST_MARIADB11_URL']);
  for (const name of Object.keys(env)) expect(config).toContain(`process.env.${name}`);
});

it('a workflow with an unknown key, or with an unknown context, is refused', () => {
  const text = textOf('.github/workflows/ci.yml');
  expect(workflowProblems('ci.yml', text.replace('runs-on:', 'run-on:'))).not.toEqual([]);
  expect(workflowProblems('ci.yml', text.replace('matrix.part', 'matirx.part'))).not.toEqual([]);
});

function commandsOf({ run, with: inputs = {} }: WorkflowStep): string[] {
  const scripts = Object.entries(inputs).filter(([input]) => input.endsWith('-script'));
  return [...(run === undefined ? [] : [run]), ...scripts.map(([, command]) => String(command))];
}
