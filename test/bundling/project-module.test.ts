import { expect, test } from 'vitest';
import { projectModule } from '../../src/bundling/project-module.ts';
import type { Project } from '../../src/compose/project/load-project.ts';

const HOSTS = {
  'db1.example.com': { user: 'reader', auth: 'iam' },
  '*': { user: 'reader', passwordEnv: 'READER_PASSWORD' },
} as const;

/** The project that a function gets, evaluated. */
async function shipped(
  evidence?: { file: string; text: string },
  hasSnapshot = false,
): Promise<unknown> {
  const project = { section: { shapes: { hosts: HOSTS } } } as unknown as Project;
  const text = projectModule(project, { seeds: undefined, evidence, hasSnapshot }).replaceAll(
    'import.meta.dirname',
    '"/var/task"',
  );
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return (module as { project: unknown }).project;
}

test('a function gets the evidence that is required, and readers of shapes that need no password', async () => {
  expect(await shipped({ file: 'ops/rehearsal.json', text: '{}' })).toEqual({
    shapeReaders: { 'db1.example.com': HOSTS['db1.example.com'] },
    rehearsal: { path: '/var/task/rehearsal.json', file: 'ops/rehearsal.json' },
  });
});

test('a function without evidence gets neither', async () => {
  expect(await shipped()).toEqual({});
});

test('a function finds the snapshot beside its code if there is one', async () => {
  expect(await shipped(undefined, true)).toMatchObject({ snapshot: '/var/task/fanfold.snapshot' });
});
