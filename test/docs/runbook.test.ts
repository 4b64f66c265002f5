import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUNBOOK_SECTIONS } from '../../lib/migrations-alarms.ts';
import { STEP_UNAVAILABLE } from '../../src/core/wire/error-names.ts';

const text = readFileSync('docs/how-to/runbook.md', 'utf8');

/** The anchors that GitHub makes of headings. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('docs/how-to/runbook.md', () => {
  it('docs/how-to/runbook.md has the section of every alarm', () => {
    expect(anchorsOf(text)).toEqual(expect.arrayContaining(Object.values(RUNBOOK_SECTIONS)));
  });

  it('docs/how-to/runbook.md links to existing sections', () => {
    const anchors = anchorsOf(text);
    const targets = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !anchors.includes(target))).toEqual([]);
  });

  it('docs/how-to/runbook.md names error codes that are documented, or that Step Functions has', () => {
    const errors = readFileSync('docs/reference/errors.md', 'utf8');
    const codes = [...text.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(
      ([, code = '']) => code,
    );
    const known = (code: string) => errors.includes(`\`${code}\``) || OF_AWS.has(code);
    expect(codes.filter((code) => !known(code))).toEqual([]);
  });
});

/** Names of AWS, of outputs, and that under which a step is tried again. */
const OF_AWS = new Set<string>([
  STEP_UNAVAILABLE,
  'AccessDeniedException',
  'CentralSecretArn',
  'ExecutionAlreadyExists',
  'KeySecretArn',
  'StateMachineDoesNotExist',
  'StopExecution',
]);
