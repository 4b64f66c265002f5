import type { LintFinding, LintReport } from '../../core/safety/lint/lint-migrations.ts';
import { RULES } from '../../core/safety/lint/rules/all-rules.ts';
import { hashText } from '../../core/text/hash-text.ts';
import { notJudgedSentence } from './lint-lines.ts';

/**
 * The report of a lint in SARIF 2.1.0, which code hosts show beside the code. Findings that are allowed are
 * there too, as suppressed.
 */
export function lintSarif({ findings, allowed, notJudged }: LintReport, version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fanfold',
            semanticVersion: version,
            rules: RULES.map(({ name, finds, why, safeWay, severity }) => ({
              id: name,
              shortDescription: { text: finds },
              fullDescription: { text: why },
              help: { text: safeWay },
              defaultConfiguration: {
                enabled: severity !== 'off',
                level: severity === 'error' ? 'error' : 'warning',
              },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          notJudged === undefined
            ? { executionSuccessful: true }
            : {
                executionSuccessful: false,
                toolExecutionNotifications: [
                  { level: 'error', message: { text: notJudgedSentence(notJudged) } },
                ],
              },
        ],
        results: [
          ...findings.map((finding) => resultOf(finding)),
          ...allowed.map((finding) => ({
            ...resultOf(finding),
            suppressions: [{ kind: 'external', justification: finding.reason }],
          })),
        ],
      },
    ],
  };
}

function resultOf({
  rule,
  severity,
  migration,
  file,
  line,
  statement,
  message,
  safeWay,
}: LintFinding) {
  const unknown = line === undefined ? ' (its line in the file is not known)' : '';
  const place =
    statement === undefined ? '' : ` Statement ${statement.number}${unknown}: ${statement.text}`;
  return {
    ruleId: rule,
    level: severity,
    message: { text: `${message}${place} Safe way: ${safeWay}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line ?? 1 },
        },
      },
    ],
    partialFingerprints: {
      fanfold: hashText([rule, migration, statement?.text ?? '', message].join('\0')).toString(16),
    },
  };
}

/** A path relative to the current folder, as a URI. */
function uriOf(file: string): string {
  return encodeURI(file.replaceAll('\\', '/').replace(/^\.\//, ''));
}
