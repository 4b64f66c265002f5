import { STACK_OUTPUTS } from './stack-outputs.ts';

/**
 * The functions of a stack that work for an operator, each with the output that names it and the method of the
 * construct that grants the right to invoke it. Each has a separate role, so that somebody who may look
 * may not change, and a function that looks cannot change either.
 */
export const OPERATOR_FUNCTIONS = {
  inspect: { output: STACK_OUTPUTS.inspectFunctionName, grant: 'grantInspect' },
  resolve: { output: STACK_OUTPUTS.resolveFunctionName, grant: 'grantResolve' },
  passwords: { output: STACK_OUTPUTS.passwordsFunctionName, grant: 'grantSetPasswords' },
  move: { output: STACK_OUTPUTS.moveFunctionName, grant: 'grantMoveTenants' },
  repair: { output: STACK_OUTPUTS.repairFunctionName, grant: 'grantRepair' },
  undo: { output: STACK_OUTPUTS.undoFunctionName, grant: 'grantUndoProvisioning' },
} as const;

export type OperatorFunction = keyof typeof OPERATOR_FUNCTIONS;

/** The names of the deployed functions; one that a stack does not have is absent. */
export type OperatorFunctionNames = {
  readonly [Name in OperatorFunction]?: string | undefined;
};

/** The operator functions by name. */
export const OPERATOR_FUNCTION_NAMES = Object.keys(
  OPERATOR_FUNCTIONS,
) as readonly OperatorFunction[];
