import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';

/** Problems that GitHub's own parser finds in a workflow: its schema and its expressions. */
export function workflowProblems(name: string, content: string): string[] {
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
